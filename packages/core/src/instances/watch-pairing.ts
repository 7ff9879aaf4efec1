import type { GatewayConnection, Pairing } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";

/** Requests of persons come without an event, and those of devices run out: look again this often. */
const refreshMs = 5_000;

/** Who is paired and who asks to be, then again after every change. `open` gives the connection, or a new one when it closed. */
export async function* watchPairing(
  { clock }: Pick<WorkerSystem, "clock">,
  open: () => Promise<GatewayConnection>,
  signal: AbortSignal,
): AsyncGenerator<Pairing, void, void> {
  let last = "";
  while (!signal.aborted) {
    const connection = await open();
    const pause = new AbortController();
    const woken = AbortSignal.any([signal, pause.signal]);
    try {
      // Listening begins before we look: what changes in between isn't missed.
      const changed = connection.pairingChanges(woken)[Symbol.asyncIterator]().next();
      const pairing = await connection.pairing();
      const text = JSON.stringify(pairing);
      if (text !== last) yield pairing;
      last = text;
      await Promise.race([changed, clock.sleep(refreshMs, woken).catch(() => undefined)]);
    } finally {
      pause.abort();
    }
  }
}
