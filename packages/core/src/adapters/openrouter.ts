import { z } from "zod";
import type { WorkerConfig } from "../config.ts";
import { type Clock, type ModelProvider, type ProviderKey, ProviderRefused } from "../ports.ts";
import { systemClock } from "./clock.ts";

type OpenRouterConfig = Pick<WorkerConfig, "OPENROUTER_BASE_URL" | "OPENROUTER_MANAGEMENT_KEY">;

const attempts = 3;
const firstRetryMs = 500;
/** A provider that wants a longer rest is reported instead of waited for. */
const longestRestMs = 15_000;
const mostPages = 1_000;

// Only what we use: OpenRouter adds fields, and a strict reading would lose a key that was just made.
const apiKey = z
  .object({
    hash: z.string().min(1),
    name: z.string(),
    disabled: z.boolean().default(false),
    limit: z.number().nullable().default(null),
    usage: z.number().default(0),
    created_at: z.coerce.date(),
  })
  .transform(({ created_at, ...key }): ProviderKey => ({ ...key, createdAt: created_at }));

const oneKey = z.object({ data: apiKey });
const createdKey = z.object({ data: apiKey, key: z.string().min(1) });
const keyPage = z.object({ data: z.array(apiKey) });
const errorBody = z.object({ error: z.object({ message: z.string() }) });

type Call = { method: "GET" | "POST" | "PATCH" | "DELETE"; path: string; body?: object };

/** OpenRouter's management API, or a server that speaks like it. */
export function createOpenRouter(
  config: OpenRouterConfig,
  { clock = systemClock, timeoutMs = 10_000 }: { clock?: Clock; timeoutMs?: number } = {},
): ModelProvider {
  const managementKey = config.OPENROUTER_MANAGEMENT_KEY;

  async function call<T extends z.ZodType>(request: Call, schema: T): Promise<z.output<T>> {
    const response = await persist(request);
    const body = schema.safeParse(response.body);
    if (!body.success)
      throw new ProviderRefused("protocol", `${described(request)}: the answer has an unknown form`);
    return body.data;
  }

  /** Repeats what may be repeated, as long as the provider wants. */
  async function persist(request: Call): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await send(request);
      if (!(answer instanceof Refusal)) return answer;
      const restMs = answer.restMs ?? firstRetryMs * 2 ** (attempt - 1);
      if (attempt === attempts || !mayRepeat(request, answer) || restMs > longestRestMs) throw answer.error;
      await clock.sleep(restMs);
    }
  }

  async function send(request: Call): Promise<Answer | Refusal> {
    const refuse = (reason: ProviderRefused["reason"], text: string, restMs: number | null = null) =>
      new Refusal(
        new ProviderRefused(reason, withoutKeys(`${described(request)}: ${text}`, managementKey)),
        restMs,
      );
    try {
      const response = await fetch(`${config.OPENROUTER_BASE_URL}${request.path}`, {
        method: request.method,
        headers: { Authorization: `Bearer ${managementKey}`, "Content-Type": "application/json" },
        body: request.body ? JSON.stringify(request.body) : null,
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      const body: unknown = await response.json().catch(keepTimeout);
      if (response.ok) return { body };
      const said = errorBody.safeParse(body).data?.error.message.slice(0, 300) ?? "no explanation";
      return refuse(reasonOf(response.status), `${response.status}, ${said}`, restOf(response, clock.now()));
    } catch (error) {
      return refuse("unreachable", networkProblem(error));
    }
  }

  return {
    createKey: async ({ name, limit, reset }) => {
      const body = { name, limit, limit_reset: reset };
      const { data, key } = await call({ method: "POST", path: "/keys", body }, createdKey);
      return { ...data, secret: key };
    },

    findKeys: async (name) => {
      // Keys that others make meanwhile move the pages, so that a key may come twice.
      const found = new Map<string, ProviderKey>();
      for (let page = 0, offset = 0; page < mostPages; page++) {
        const path = `/keys?include_disabled=true&offset=${offset}`;
        const { data } = await call({ method: "GET", path }, keyPage);
        if (data.length === 0) return [...found.values()];
        for (const key of data) if (key.name === name) found.set(key.hash, key);
        offset += data.length;
      }
      throw new ProviderRefused("protocol", "GET /keys: the list does not end");
    },

    updateKey: async (hash, change) => {
      const path = `/keys/${encodeURIComponent(hash)}`;
      return (await call({ method: "PATCH", path, body: change }, oneKey)).data;
    },

    deleteKey: async (hash) => {
      try {
        await call({ method: "DELETE", path: `/keys/${encodeURIComponent(hash)}` }, z.unknown());
      } catch (error) {
        if (!(error instanceof ProviderRefused) || error.reason !== "missing") throw error;
      }
    },
  };
}

type Answer = { body: unknown };

class Refusal {
  readonly error: ProviderRefused;
  /** How long the provider asks us to wait. */
  readonly restMs: number | null;
  constructor(error: ProviderRefused, restMs: number | null) {
    this.error = error;
    this.restMs = restMs;
  }
}

const described = ({ method, path }: Call) => `${method} ${path}`;

/** "Busy" means that nothing was done. After any other failure a key may have been made whose secret is lost, so the caller looks first. */
const mayRepeat = ({ method }: Call, { error: { reason } }: Refusal) =>
  reason === "busy" || (reason === "unreachable" && method !== "POST");

function reasonOf(status: number): ProviderRefused["reason"] {
  if (status === 401 || status === 403) return "credentials";
  if (status === 404) return "missing";
  if (status === 429) return "busy";
  return status >= 500 ? "unreachable" : "protocol";
}

/** Retry-After is a number of seconds or a date. */
function restOf(response: Response, now: Date): number | null {
  const header = response.headers.get("Retry-After");
  if (header === null) return null;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isNaN(milliseconds) ? null : Math.max(0, milliseconds);
}

/** A body that isn't JSON counts as none; one that doesn't arrive is an unreachable provider. */
function keepTimeout(error: unknown): null {
  if (error instanceof SyntaxError) return null;
  throw error;
}

/** Only the name of the problem: messages of the network stack may quote headers. */
function networkProblem(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return error instanceof Error ? error.name : "network problem";
}

const withoutKeys = (text: string, managementKey: string) =>
  text.replaceAll(managementKey, "[key]").replaceAll(/sk-or-[\w-]+/g, "[key]");
