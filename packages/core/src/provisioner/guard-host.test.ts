import { describe, expect, test } from "vitest";
import { createLog } from "../adapters/log.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { type Firewall, FirewallUnavailable } from "./firewall.ts";
import { guardHost } from "./guard-host.ts";

class SwitchableFirewall implements Firewall {
  stands = false;
  permitted = true;
  applied = 0;
  apply = async () => {
    if (!this.permitted) throw new FirewallUnavailable("you must be root");
    this.applied += 1;
    this.stands = true;
  };
  verify = async () => this.stands;
}

function guard(firewall: Firewall, required: boolean) {
  const clock = new FakeClock(new Date("2026-03-01T12:00:00Z"));
  const logged: string[] = [];
  const controller = new AbortController();
  const log = createLog("debug", { write: (line) => void logged.push(line) });
  return {
    clock,
    logged,
    controller,
    stands: guardHost({ firewall, required, clock, log, signal: controller.signal }),
  };
}

describe("I3: guarding the host", () => {
  test("rules that were lost are put back", async () => {
    const firewall = new SwitchableFirewall();
    const { clock, controller, stands, logged } = guard(firewall, true);
    expect(await stands).toBe(true);
    firewall.stands = false;
    clock.advance(30_000);
    await expect.poll(() => firewall.applied).toBe(2);
    expect(logged.join()).toContain("had lost its rules");
    controller.abort();
  });

  test("a host that doesn't permit rules is not used when they are required", async () => {
    const firewall = new SwitchableFirewall();
    firewall.permitted = false;
    await expect(guard(firewall, true).stands).rejects.toThrow(FirewallUnavailable);
  });

  test("otherwise it is used, with a warning", async () => {
    const firewall = new SwitchableFirewall();
    firewall.permitted = false;
    const { stands, logged } = guard(firewall, false);
    expect(await stands).toBe(false);
    expect(logged.join()).toContain("NO HOST FIREWALL");
  });
});
