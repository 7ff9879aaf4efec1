import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { grantHeader } from "@openclaw-launch/core/adapters/backup-peers";
import { domainErrorIn, httpStatusOf } from "@openclaw-launch/core/api/trpc-error";
import { giveBackup } from "@openclaw-launch/core/backups/give-backup";
import type { WorkerSystem } from "@openclaw-launch/core/worker";

const address = /^\/backups\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** `GET /backups/<restore>`: the backup that a restore on another host needs, as a file. Undefined when the request is for another address. */
export function restoreIn(request: IncomingMessage): string | undefined {
  return request.method === "GET" ? address.exec(request.url ?? "")?.[1] : undefined;
}

export async function sendBackup(
  worker: WorkerSystem,
  operationId: string,
  response: ServerResponse,
): Promise<void> {
  try {
    const { grant, file } = await giveBackup(worker, operationId);
    const chunks = file[Symbol.asyncIterator]();
    const first = await chunks.next(); // a file that isn't there can still be told
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      [grantHeader]: JSON.stringify(grant),
    });
    const rest = { [Symbol.asyncIterator]: () => chunks };
    await pipeline(async function* () {
      if (first.done) return;
      yield first.value;
      yield* rest;
    }, response);
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    const refusal = domainErrorIn(error);
    if (!refusal) worker.log.error({ err: error, operationId }, "a backup could not be given");
    response.writeHead(refusal ? httpStatusOf(refusal) : 500, { "content-type": "application/json" });
    response.end(JSON.stringify({ code: refusal?.code ?? "backup.unreadable" }));
  }
}
