import { describe, expect, test } from "vitest";
import type { RunCommand } from "../adapters/run-command.ts";
import { FirewallUnavailable, hostFirewall } from "./firewall.ts";

/** The packet filters of a host, as far as the firewall uses them. */
function fakeFilter(initial: string[] = []) {
  const tables = new Map<string, string[]>();
  for (const family of ["iptables", "ip6tables"])
    tables.set(`${family} filter`, [...initial]).set(`${family} mangle`, []);
  const calls: string[] = [];
  const run: RunCommand = async (file, args, input = "") => {
    calls.push([file, ...args].join(" "));
    const ok = (stdout = "") => ({ exitCode: 0, stdout, stderr: "" });
    if (file.endsWith("-restore")) {
      const key = `${file.replace("-restore", "")} filter`;
      const chain = /^:(\S+)/m.exec(input)?.[1];
      const kept = (tables.get(key) ?? []).filter((rule) => !rule.startsWith(`-A ${chain} `));
      tables.set(key, [...kept, ...input.split("\n").filter((line) => line.startsWith("-A "))]);
      return ok();
    }
    const [, , , table, action, chain, ...rest] = args;
    const rules = tables.get(`${file} ${table}`) ?? [];
    if (action === "-S") return ok(rules.join("\n"));
    if (action === "-I") {
      rules.unshift(`-A ${chain} ${rest.slice(1).join(" ")}`);
      return ok();
    }
    const index = rules.indexOf(`-A ${chain} ${rest.join(" ")}`);
    if (index < 0) return { exitCode: 1, stdout: "", stderr: "no such rule" };
    rules.splice(index, 1);
    return ok();
  };
  const of = (table: string, chain: string) =>
    (tables.get(`iptables ${table}`) ?? []).filter((rule) => rule.startsWith(`-A ${chain} `));
  return { tables, calls, run, of };
}

const open = (run: RunCommand, prefix = "oc", egressPort = 3128) =>
  hostFirewall({ prefix, egressPort, run, ipv6: true });

describe("I3: host firewall", () => {
  test("lets instances reach the egress port, lets answers through, drops the rest; in both families", async () => {
    const filter = fakeFilter();
    await open(filter.run).apply();
    expect(filter.of("filter", "INPUT")).toEqual(["-A INPUT -i oc-+ -j OPENCLAW-OC"]);
    expect(filter.of("mangle", "PREROUTING")).toEqual([
      "-A PREROUTING -i oc-+ -m addrtype ! --dst-type LOCAL -j DROP",
    ]);
    expect(filter.of("filter", "OPENCLAW-OC").map((rule) => rule.split(" ").at(-1))).toEqual([
      "ACCEPT",
      "ACCEPT",
      "DROP",
    ]);
    expect(filter.of("filter", "OPENCLAW-OC")[1]).toContain("--dport 3128 ");
    for (const table of ["filter", "mangle"]) {
      expect(filter.tables.get(`ip6tables ${table}`)).toEqual(filter.tables.get(`iptables ${table}`));
    }
  });

  test("stands before a rule that would let everything in", async () => {
    const filter = fakeFilter(["-A INPUT -j ACCEPT"]);
    const firewall = open(filter.run);
    expect(await firewall.verify()).toBe(false);
    await firewall.apply();
    expect(filter.of("filter", "INPUT")).toEqual(["-A INPUT -i oc-+ -j OPENCLAW-OC", "-A INPUT -j ACCEPT"]);
    expect(await firewall.verify()).toBe(true);
  });

  test("is put back when a reload has lost it, or has put something before it", async () => {
    const filter = fakeFilter();
    const firewall = open(filter.run);
    await firewall.apply();
    filter.tables.get("iptables filter")?.unshift("-A INPUT -p tcp -j ACCEPT");
    expect(await firewall.verify()).toBe(false);
    await firewall.apply();
    expect(filter.of("filter", "INPUT")).toEqual([
      "-A INPUT -i oc-+ -j OPENCLAW-OC",
      "-A INPUT -p tcp -j ACCEPT",
    ]);
    filter.tables.set("ip6tables mangle", []);
    expect(await firewall.verify()).toBe(false);
  });

  test("applied again, it changes nothing", async () => {
    const filter = fakeFilter();
    await open(filter.run).apply();
    const before = filter.calls.length;
    await open(filter.run).apply();
    expect(filter.calls.slice(before)).toEqual([
      "iptables -w 5 -t filter -S",
      "iptables -w 5 -t mangle -S",
      "ip6tables -w 5 -t filter -S",
      "ip6tables -w 5 -t mangle -S",
    ]);
  });

  test("another egress port replaces the old one", async () => {
    const filter = fakeFilter();
    await open(filter.run).apply();
    await open(filter.run, "oc", 4128).apply();
    expect(filter.of("filter", "OPENCLAW-OC")).toHaveLength(3);
    expect(filter.of("filter", "OPENCLAW-OC")[1]).toContain("--dport 4128 ");
    expect(filter.of("filter", "INPUT")).toHaveLength(1);
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
