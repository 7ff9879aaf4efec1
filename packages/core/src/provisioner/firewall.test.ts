import { describe, expect, test } from "vitest";
import type { RunCommand } from "../adapters/run-command.ts";
import { FirewallUnavailable, hostFirewall } from "./firewall.ts";

/** One packet filter per family, as far as the firewall uses it. */
function fakeFilter(initial: string[] = []) {
  const tables: Record<string, string[]> = { iptables: [...initial], ip6tables: [...initial] };
  const calls: string[] = [];
  const run: RunCommand = async (file, args, input = "") => {
    calls.push([file, ...args].join(" "));
    const rules = tables[file.replace("-restore", "")] ?? [];
    const [, , action, table, ...rest] = args;
    const ok = (stdout = "") => ({ exitCode: 0, stdout, stderr: "" });
    if (file.endsWith("-restore")) {
      const chain = /^:(\S+)/m.exec(input)?.[1];
      const kept = rules.filter((rule) => !rule.startsWith(`-A ${chain} `));
      rules.splice(0, rules.length, ...kept, ...input.split("\n").filter((line) => line.startsWith("-A ")));
      return ok();
    }
    if (action === "-S") return ok(rules.join("\n"));
    if (action === "-I") {
      rules.unshift(`-A ${table} ${rest.slice(1).join(" ")}`);
      return ok();
    }
    const index = rules.indexOf(`-A ${table} ${rest.join(" ")}`);
    if (index < 0) return { exitCode: 1, stdout: "", stderr: "no such rule" };
    rules.splice(index, 1);
    return ok();
  };
  return {
    tables,
    calls,
    run,
    of: (table: string) => tables.iptables?.filter((rule) => rule.startsWith(`-A ${table} `)) ?? [],
  };
}

const open = (run: RunCommand, prefix = "oc", egressPort = 3128) =>
  hostFirewall({ prefix, egressPort, run, ipv6: true });

describe("I3: host firewall", () => {
  test("lets instances reach the egress port, lets answers through, drops the rest; in both families", async () => {
    const filter = fakeFilter();
    await open(filter.run).apply();
    expect(filter.of("INPUT")).toEqual(["-A INPUT -i oc-+ -j OPENCLAW-OC"]);
    expect(filter.of("FORWARD")).toEqual(["-A FORWARD -i oc-+ -j DROP"]);
    expect(filter.of("OPENCLAW-OC").map((rule) => rule.split(" ").at(-1))).toEqual([
      "ACCEPT",
      "ACCEPT",
      "DROP",
    ]);
    expect(filter.of("OPENCLAW-OC")[1]).toContain("--dport 3128 ");
    expect(filter.tables.ip6tables).toEqual(filter.tables.iptables);
  });

  test("stands before a rule that would let everything in", async () => {
    const filter = fakeFilter(["-A INPUT -j ACCEPT"]);
    const firewall = open(filter.run);
    expect(await firewall.verify()).toBe(false);
    await firewall.apply();
    expect(filter.of("INPUT")).toEqual(["-A INPUT -i oc-+ -j OPENCLAW-OC", "-A INPUT -j ACCEPT"]);
    expect(await firewall.verify()).toBe(true);
  });

  test("is put back when a reload has lost it, or has put something before it", async () => {
    const filter = fakeFilter();
    const firewall = open(filter.run);
    await firewall.apply();
    filter.tables.iptables?.unshift("-A INPUT -p tcp -j ACCEPT");
    expect(await firewall.verify()).toBe(false);
    await firewall.apply();
    expect(filter.of("INPUT")).toEqual(["-A INPUT -i oc-+ -j OPENCLAW-OC", "-A INPUT -p tcp -j ACCEPT"]);
    filter.tables.ip6tables = [];
    expect(await firewall.verify()).toBe(false);
  });

  test("applied again, it changes nothing", async () => {
    const filter = fakeFilter();
    await open(filter.run).apply();
    const before = filter.calls.length;
    await open(filter.run).apply();
    expect(filter.calls.slice(before)).toEqual(["iptables -w 5 -S", "ip6tables -w 5 -S"]);
  });

  test("another egress port replaces the old one", async () => {
    const filter = fakeFilter();
    await open(filter.run).apply();
    await open(filter.run, "oc", 4128).apply();
    expect(filter.of("OPENCLAW-OC")).toHaveLength(3);
    expect(filter.of("OPENCLAW-OC")[1]).toContain("--dport 4128 ");
    expect(filter.of("INPUT")).toHaveLength(1);
  });

  test("two installations on a host stand side by side", async () => {
    const filter = fakeFilter();
    const [first, second] = [open(filter.run), open(filter.run, "ox", 4128)];
    await first.apply();
    await second.apply();
    expect([await first.verify(), await second.verify()]).toEqual([true, true]);
  });

  test("says so when the host doesn't permit it", async () => {
    const refuse: RunCommand = async () => ({
      exitCode: 4,
      stdout: "",
      stderr: "Permission denied (you must be root)",
    });
    await expect(open(refuse).apply()).rejects.toThrow(FirewallUnavailable);
    const missing: RunCommand = () => Promise.reject(new Error("spawn iptables ENOENT"));
    await expect(open(missing).apply()).rejects.toThrow("iptables can't be run.");
  });
});
