import { z } from "zod";
import { DomainError, isErrorCode } from "../errors.ts";
import type { BackupGrant, Peers } from "../ports.ts";

/** Of the answer: what lets the host that asked, and no other, open the file. */
export const grantHeader = "x-backup-grant";

/** However slow: what comes later hangs. */
const limitMs = 30 * 60_000;

const grant = z.strictObject({
  deployKeyId: z.uuid(),
  sealed: z.base64().max(1000),
  signature: z.base64url().max(200),
});
const refusal = z.object({ code: z.string() });

/** Other workers over their internal API. Addresses come from the database, the secret from the environment. */
export function connectPeers({ INTERNAL_SECRET }: { INTERNAL_SECRET: string }): Peers {
  return {
    fetchBackup: async (internalUrl, operationId, wanted) => {
      const signal = AbortSignal.any([wanted, AbortSignal.timeout(limitMs)]);
      const reached = <T>(promise: Promise<T>) => promise.catch((cause) => unreachable(cause, wanted));
      const response = await reached(
        fetch(new URL(`/backups/${operationId}`, internalUrl), {
          headers: { authorization: `Bearer ${INTERNAL_SECRET}` },
          redirect: "error",
          signal,
        }),
      );
      if (!response.ok || !response.body) {
        const { data } = refusal.safeParse(await response.json().catch(() => null));
        throw new DomainError(isErrorCode(data?.code) ? data.code : "worker.unreachable");
      }
      return {
        grant: grantIn(response.headers.get(grantHeader)),
        // Not as a stream of Node's: that would end the process when it breaks before somebody listens.
        file: untilItBreaks(response.body, wanted),
      };
    },
  };
}

/** Throws backup.unreadable: trying again would bring the same. */
function grantIn(header: string | null): BackupGrant {
  try {
    return grant.parse(JSON.parse(header ?? "null"));
  } catch (cause) {
    throw new DomainError("backup.unreadable", {}, { cause });
  }
}

async function* untilItBreaks(
  file: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* file;
  } catch (cause) {
    unreachable(cause, signal);
  }
}

function unreachable(cause: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  throw new DomainError("worker.unreachable", {}, { cause });
}
