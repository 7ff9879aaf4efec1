import { existsSync } from "node:fs";
import type { RunCommand } from "../adapters/run-command.ts";

export type FirewallOptions = {
  /** Of the interfaces of instances: `<prefix>-…`. */
  prefix: string;
  /** TCP port on the host that instances may reach. */
  egressPort: number;
  run: RunCommand;
  /** Whether the host speaks IPv6 at all. */
  ipv6?: boolean;
};

/** Seconds for the lock that every program which changes the packet filter takes. */
const wait = ["-w", "5"];

/** The host's packet filter can't be changed from here, or not as it must be. */
export class FirewallUnavailable extends Error {}

export type Firewall = {
  /** Puts the rules in place, where they aren't. Throws FirewallUnavailable. */
  apply(): Promise<void>;
  /** Whether all rules stand, before those of anyone else: a reload of the host's own firewall can lose them. */
  verify(): Promise<boolean>;
};

/**
 * What a container's own network leaves open: the services of the host, on any of its addresses. Packets of instances reach the egress
 * port, answers come back, the rest is dropped; and nothing of theirs is forwarded, also while the engine's own rules are lost.
 */
export function hostFirewall({
  prefix,
  egressPort,
  run,
  ipv6 = existsSync("/proc/net/if_inet6"),
}: FirewallOptions): Firewall {
  const families = ["iptables", ...(ipv6 ? ["ip6tables"] : [])];
  const chain = `OPENCLAW-${prefix.toUpperCase()}`;
  const toHost = `-A INPUT -i ${prefix}-+ -j ${chain}`;
  // Not in FORWARD: the engine moves its own rules to the front there with every network that it makes.
  const beyondHost = `-A PREROUTING -i ${prefix}-+ -m addrtype ! --dst-type LOCAL -j DROP`;
  const rules = [
    `-A ${chain} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-A ${chain} -p tcp -m tcp --dport ${egressPort} -m addrtype --dst-type LOCAL -j ACCEPT`,
    `-A ${chain} -j DROP`,
  ];

  async function apply(): Promise<void> {
    for (const family of families) {
      if (await stands(family)) continue;
      // All at once, and without touching what others put there.
      const chainOnly = ["*filter", `:${chain} - [0:0]`, ...rules, "COMMIT", ""].join("\n");
      await must(`${family}-restore`, [...wait, "--noflush"], chainOnly);
      await putFirst(family, "filter", toHost);
      await putFirst(family, "mangle", beyondHost);
      if (!(await stands(family))) throw new FirewallUnavailable(`${family} did not keep the rules.`);
    }
  }

  async function putFirst(family: string, table: string, rule: string): Promise<void> {
    const [, name = "", ...match] = rule.split(" ");
    let removed = true;
    while (removed)
      removed = (await run(family, [...wait, "-t", table, "-D", name, ...match])).exitCode === 0;
    await must(family, [...wait, "-t", table, "-I", name, "1", ...match]);
  }

  async function stands(family: string): Promise<boolean> {
    const [filter, mangle] = [await list(family, "filter"), await list(family, "mangle")];
    const inChain = filter.filter((line) => line.startsWith(`-A ${chain} `));
    return inChain.join("\n") === rules.join("\n") && isFirst(filter, toHost) && mangle.includes(beyondHost);
  }

  async function list(family: string, table: string): Promise<string[]> {
    return (await must(family, [...wait, "-t", table, "-S"])).stdout.split("\n");
  }

  async function must(file: string, args: readonly string[], input?: string) {
    const result = await run(file, args, input).catch((cause: unknown) => {
      throw new FirewallUnavailable(`${file} can't be run.`, { cause });
    });
    if (result.exitCode !== 0) throw new FirewallUnavailable(`${file} failed: ${result.stderr.trim()}`);
    return result;
  }

  return {
    apply,
    verify: async () => (await Promise.all(families.map(stands))).every(Boolean),
  };
}

/** Before it stand at most the same rules for the interfaces of other installations on this host. */
function isFirst(listed: readonly string[], rule: string): boolean {
  const inputs = listed.filter((line) => line.startsWith("-A INPUT "));
  const before = inputs.slice(0, inputs.indexOf(rule));
  const ofOthers = /^-A INPUT -i [a-z][a-z0-9]-\+ -j OPENCLAW-[A-Z][A-Z0-9]$/;
  return inputs.includes(rule) && before.every((line) => ofOthers.test(line));
}
