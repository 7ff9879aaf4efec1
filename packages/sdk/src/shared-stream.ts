import type { AppRouter } from "@openclaw-launch/core/api/app";
import type { mostStreams, StreamEvent } from "@openclaw-launch/core/api/follow-streams";
import { TRPCClientError, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { Clock } from "./adapters/clock.ts";
import { toLaunchError } from "./errors.ts";

type Link = ReturnType<TRPCLink<AppRouter>>;
type Operation = Parameters<Link>[0]["op"];
type Answer = Parameters<NonNullable<Parameters<ReturnType<Link>["subscribe"]>[0]["next"]>>[0];
type Listener = {
  next(answer: Answer): void;
  error(error: TRPCClientError<AppRouter>): void;
  complete(): void;
};
type Member = Pick<Operation, "path" | "input"> & {
  listener: Listener;
  /** Id of its last event. */
  position?: string;
};

/**
 * Carries all subscriptions of a client over one of `live.follow`, which `stream` opens: browsers keep six connections to a server at
 * most, for all pages together. When one comes or goes, a new stream takes up where the old one was.
 */
export const sharedStreamLink =
  (stream: TRPCLink<AppRouter>, clock: Clock): TRPCLink<AppRouter> =>
  (runtime) => {
    const shared = new SharedStream(stream(runtime), clock);
    return ({ op }) => observable((listener) => shared.join(op, listener as Listener));
  };

/** As many as the server takes. A page has two or three, a program any number: it gets a stream for each so many. */
const mostMembers: typeof mostStreams = 16;
/** Between two tries to reach a server that doesn't answer itself: twice as long each time. */
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/** What went wrong is the connection, and no member's own function; nor is it an answer that stays the same. */
function mayPass({ cause }: TRPCClientError<AppRouter>): boolean {
  if (cause === undefined || cause instanceof Error) return false;
  const status = Number((cause as { code?: unknown }).code);
  return !(status >= 400 && status < 500) || status === 408 || status === 429;
}

class SharedStream {
  readonly #open: Link;
  readonly #clock: Clock;
  readonly #members = new Map<string, Member>();
  #joined = 0;
  /** Ends what is open now; none of it is heard any more. */
  #close = () => {};
  #isDue = false;
  /** Tries since something was heard. */
  #failures = 0;
  #cancelRetry = () => {};

  constructor(open: Link, clock: Clock) {
    this.#open = open;
    this.#clock = clock;
  }

  /** Returns how to leave. */
  join({ path, input }: Operation, listener: Listener): () => void {
    this.#joined += 1;
    const id = String(this.#joined);
    this.#members.set(id, { path, input, listener });
    this.#renewSoon();
    return () => {
      if (this.#members.delete(id)) this.#renewSoon();
    };
  }

  /** Once for all that come and go together, as with another page. */
  #renewSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.#renew();
    }, 0);
  }

  #renew(): void {
    this.#close();
    this.#cancelRetry();
    const closed = new AbortController();
    this.#close = () => closed.abort();
    const members = [...this.#members];
    for (let first = 0; first < members.length; first += mostMembers)
      this.#follow(new Map(members.slice(first, first + mostMembers)), closed.signal);
  }

  #follow(members: ReadonlyMap<string, Member>, closed: AbortSignal): void {
    const streams = [...members].map(([id, { path, input }]) => ({ id, path, input }));
    const reached = [...members].flatMap(([id, { position }]) => (position ? [[id, position]] : []));
    const op: Operation = {
      id: this.#joined,
      type: "subscription",
      path: "live.follow",
      input: { streams, lastEventId: JSON.stringify(Object.fromEntries(reached)) },
      context: {},
      signal: null,
    };
    // One that is closed tells of its end, too.
    const unlessClosed = (tell: () => void) => {
      if (!closed.aborted) tell();
    };
    const subscription = this.#open({ op, next: () => observable(() => {}) }).subscribe({
      next: ({ result }) => unlessClosed(() => this.#hear(members, result)),
      error: (error) => unlessClosed(() => this.#fail(members, error)),
      complete: () => unlessClosed(() => this.#end(members, (listener) => listener.complete())),
    });
    closed.addEventListener("abort", () => subscription.unsubscribe());
  }

  #hear(members: ReadonlyMap<string, Member>, result: Answer["result"]): void {
    // That it is tried again says nothing new.
    if (result.type === "state" && result.state === "connecting" && (result.error || this.#failures === 0))
      for (const [id, { listener }] of members) if (this.#members.has(id)) listener.next({ result });
    if (!("data" in result)) return;
    this.#failures = 0;
    this.#tell((result.data as { data: StreamEvent }).data);
  }

  /** What stands before the server answers in its place while it restarts, which ends a stream for good: a new one is opened. */
  #fail(members: ReadonlyMap<string, Member>, error: TRPCClientError<AppRouter>): void {
    if (toLaunchError(error).code !== "client.unreachable" || !mayPass(error)) {
      this.#end(members, (listener) => listener.error(error));
      return;
    }
    this.#hear(members, { type: "state", state: "connecting", error });
    this.#cancelRetry();
    this.#cancelRetry = this.#clock.after(
      Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs),
      () => {
        this.#failures += 1;
        this.#renew();
      },
      { isAwaited: true },
    );
  }

  #tell(event: StreamEvent): void {
    const member = this.#members.get(event.id);
    if (!member) return;
    const { listener } = member;
    if (event.kind === "data" && event.eventId !== undefined) member.position = event.eventId;
    for (const result of resultsOf(event)) listener.next({ result });
    if (event.kind !== "error" && event.kind !== "end") return;
    this.#members.delete(event.id);
    if (event.kind === "error") listener.error(clientErrorOf(event.error));
    else listener.complete();
  }

  #end(members: ReadonlyMap<string, Member>, tell: (listener: Listener) => void): void {
    for (const [id, { listener }] of members) if (this.#members.delete(id)) tell(listener);
  }
}

/** What the client would be told by a stream of its own. */
function resultsOf(event: StreamEvent): Answer["result"][] {
  switch (event.kind) {
    case "started":
      return [{ type: "started" }, { type: "state", state: "pending", error: null }];
    case "data": {
      const { data, eventId: id } = event;
      return [id === undefined ? { type: "data", data } : { type: "data", id, data: { id, data } }];
    }
    case "interrupted":
      return [{ type: "state", state: "connecting", error: clientErrorOf(event.error) }];
    case "end":
      return [{ type: "stopped" }];
    case "error":
      return [];
  }
}

/** As if it were the answer to the subscription alone. */
function clientErrorOf(error: Extract<StreamEvent, { kind: "error" }>["error"]): TRPCClientError<AppRouter> {
  return TRPCClientError.from({ error: { message: error.code, code: -32603, data: error } } as never);
}
