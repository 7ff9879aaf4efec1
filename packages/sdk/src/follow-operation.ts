import type { InstanceView, OperationView } from "@openclaw-launch/core/instances/schema";
import type { Api } from "./api.ts";
import { LaunchError, type LaunchErrorCode, toLaunchError } from "./errors.ts";

/** A command on its way. */
export class RunningOperation {
  readonly #api: Api;
  readonly #first: OperationView;

  constructor(api: Api, first: OperationView) {
    this.#api = api;
    this.#first = first;
  }

  get id(): string {
    return this.#first.id;
  }

  /** The operation as it is, then after every phase, until it is over. */
  async *progress(): AsyncGenerator<OperationView, OperationView> {
    let last = this.#first;
    yield last;
    if (isOver(last)) return last;
    for await (const { operation } of eventsOf(this.#api, last.instanceId)) {
      last = operation?.id === last.id ? operation : { ...last, state: "superseded" };
      yield last;
      if (isOver(last)) break;
    }
    return last;
  }

  /** Waits for the end. Throws the LaunchError with which the operation failed. */
  async finished(): Promise<OperationView> {
    let last = this.#first;
    for await (const operation of this.progress()) last = operation;
    if (last.state === "failed") throw new LaunchError((last.error ?? "internal") as LaunchErrorCode);
    return last;
  }
}

const isOver = ({ state }: OperationView): boolean => state !== "queued" && state !== "running";

/** The instance as it is, then after every change; the subscription ends with the loop. */
async function* eventsOf(api: Api, instanceId: string): AsyncGenerator<InstanceView> {
  const waiting: InstanceView[] = [];
  let failure: LaunchError | null = null;
  let wake = () => {};
  const subscription = api.instances.events.subscribe(
    { instanceId },
    {
      onData: (view) => {
        waiting.push(view);
        wake();
      },
      onError: (error) => {
        failure = toLaunchError(error);
        wake();
      },
    },
  );
  try {
    for (;;) {
      for (let view = waiting.shift(); view; view = waiting.shift()) yield view;
      if (failure) throw failure;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    subscription.unsubscribe();
  }
}
