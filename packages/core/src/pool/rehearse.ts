import { type GatewayConnection, GatewayRefused } from "../ports.ts";
import { rehearsal } from "./forget-rehearsals.ts";

/** The first turn of an OpenClaw takes a core for ten seconds. */
const limitMs = 120_000;

/**
 * Lets an assistant think once, well or not: OpenClaw loads most of its code with the first message. Conversations that it keeps in
 * memory alone load less, and deleting one over the gateway unloads some of it again.
 */
export async function rehearse(
  connection: GatewayConnection,
  memberId: string,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  // Listening begins before the question, so that a quick end isn't missed.
  const turn = endOfTurn(connection, AbortSignal.any([signal, AbortSignal.timeout(limitMs), done.signal]));
  turn.catch(() => {}); // it may fail before anybody waits for it below
  try {
    await connection.send(rehearsal.sessionKey, rehearsal.text, memberId);
    await turn;
  } finally {
    done.abort();
  }
}

async function endOfTurn(connection: GatewayConnection, signal: AbortSignal): Promise<void> {
  for await (const { kind, sessionKey } of connection.events(signal))
    if (sessionKey === rehearsal.sessionKey && kind !== "delta") return;
  throw new GatewayRefused("unreachable", "the rehearsal did not come to its end");
}
