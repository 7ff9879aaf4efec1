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
