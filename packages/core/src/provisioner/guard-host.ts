import type { Logger } from "pino";
import type { Clock } from "../ports.ts";
import { type Firewall, FirewallUnavailable } from "./firewall.ts";

type Options = {
  firewall: Firewall;
  /** When false, a host that permits no rules is run without them, and told so. */
  required: boolean;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
};

const checkMs = 30_000;

/**
 * Puts the host's firewall in place, then keeps it there until the signal aborts. Returns whether it stands.
 * Throws FirewallUnavailable when it is required and can't be had.
 */
export async function guardHost({ firewall, required, clock, log, signal }: Options): Promise<boolean> {
  try {
    await firewall.apply();
  } catch (error) {
    if (required || !(error instanceof FirewallUnavailable)) throw error;
    log.warn(
      { err: error },
      "NO HOST FIREWALL: assistants can reach services of this host. Run the worker with NET_ADMIN to close this.",
    );
    return false;
  }
  void keep();
  return true;

  async function keep(): Promise<void> {
    for (;;) {
      await clock.sleep(checkMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        if (await firewall.verify()) continue;
        log.warn("the host's firewall had lost its rules; putting them back");
        await firewall.apply();
      } catch (error) {
        log.error({ err: error }, "the host's firewall could not be put back");
      }
    }
  }
}
