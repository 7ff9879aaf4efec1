import { DomainError } from "../errors.ts";
import { type GatewayConnection, GatewayRefused, type Pairing } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";

/** Requests of persons come without an event, and those of devices run out: look again this often. */
const refreshMs = 5_000;
/** A gateway that takes another token, or breaks off, is back within so many tries. */
const patience = 5;
const retryMs = 1_000;

/** Who is paired and who asks to be, then again after every change. `open` gives the connection, or a new one when it closed. */
export async function* watchPairing(
  { clock }: Pick<WorkerSystem, "clock">,
  open: () => Promise<GatewayConnection>,
  signal: AbortSignal,
): AsyncGenerator<Pairing, void, void> {
  let last = "";
  let failures = 0;
  while (!signal.aborted) {
    const pause = new AbortController();
    const woken = AbortSignal.any([signal, pause.signal]);
    try {
      const connection = await open();
      // Listening begins before we look: what changes in between isn't missed.
      const changed = connection.pairingChanges(woken)[Symbol.asyncIterator]().next();
      const pairing = await connection.pairing();
      failures = 0;
      const text = JSON.stringify(pairing);
      if (text !== last) yield pairing;
      last = text;
      await Promise.race([changed, clock.sleep(refreshMs, woken).catch(() => undefined)]);
    } catch (error) {
      const refusal =
        error instanceof GatewayRefused ? new DomainError("chat.unavailable", {}, { cause: error }) : error;
      if (!(refusal instanceof DomainError) || refusal.code !== "chat.unavailable" || failures === patience)
        throw refusal;
      failures += 1;
      await clock.sleep(retryMs, woken).catch(() => undefined);
    } finally {
      pause.abort();
    }
  }
}
