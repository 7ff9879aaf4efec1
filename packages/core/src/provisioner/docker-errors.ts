import { TransientFailure } from "../ports.ts";

/** Longer than any single request takes; one that follows something has no limit. */
export const requestTimeoutMs = 120_000;

/** HTTP status with which the engine refused, or null when it didn't answer. */
export function engineStatus(error: unknown): number | null {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : null;
}

/** Undefined where the engine answered with one of these: what was asked for is so already. */
export async function unless<T>(statuses: readonly number[], request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statuses.includes(engineStatus(error) ?? 0)) return undefined;
    throw error;
  }
}

/**
 * An engine that is killed while it starts a container forgets that it did, and can never start this one again: "task …: already
 * exists".
 */
export function isHalfStarted(error: unknown): boolean {
  return (
    engineStatus(error) !== null && error instanceof Error && /\btask\b.*: already exists/.test(error.message)
  );
}

const broken: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
]);

/** The engine went away, or isn't there. Whoever asks at once may be told by the next one that all is well. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || !broken.has(error.code)) return false;
  return error.code !== "ENOENT" || ("syscall" in error && error.syscall === "connect");
}

/** An engine that is away is no failure of what it was asked. */
export const orTransient = (cause: unknown): unknown =>
  isUnanswered(cause)
    ? new TransientFailure(`The engine did not answer: ${String(cause)}`, { cause })
    : cause;

/** The same for all that a method asks. A request that we broke off after its time was not refused by one that is away. */
export const answered =
  <Given extends unknown[], Answer>(ask: (...given: Given) => Promise<Answer>) =>
  (...given: Given): Promise<Answer> => {
    const begun = performance.now();
    return ask(...given).catch((cause: unknown) => {
      throw performance.now() - begun < requestTimeoutMs ? orTransient(cause) : cause;
    });
  };
