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

/** The host's packet filter can't be changed from here, or not as it must be. */
export class FirewallUnavailable extends Error {}

export type Firewall = {
  /** Puts the rules in place, where they aren't. Throws FirewallUnavailable. */
  apply(): Promise<void>;
  /** Whether all rules stand, before those of anyone else: a reload of the host's own firewall can lose them. */
  verify(): Promise<boolean>;
};

/**
 * What a container's own network leaves open: the services of the host on any of its addresses. Packets of instances reach the egress
 * port, answers come back, the rest is dropped; nothing of theirs is ever forwarded.
 */
export function hostFirewall({
  prefix,
  egressPort,
  run,
  ipv6 = existsSync("/proc/net/if_inet6"),
}: FirewallOptions): Firewall {
  const families = ["iptables", ...(ipv6 ? ["ip6tables"] : [])];
  const chain = `OPENCLAW-${prefix.toUpperCase()}`;
  const interfaces = `${prefix}-+`;
  const jumps = [`-A INPUT -i ${interfaces} -j ${chain}`, `-A FORWARD -i ${interfaces} -j DROP`];
  const rules = [
    `-A ${chain} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-A ${chain} -p tcp -m tcp --dport ${egressPort} -m addrtype --dst-type LOCAL -j ACCEPT`,
    `-A ${chain} -j DROP`,
  ];

  async function apply(): Promise<void> {
    for (const family of families) {
      if (await stands(family)) continue;
      await restore(family, [`:${chain} - [0:0]`, ...rules]);
      for (const jump of jumps) await putFirst(family, jump);
      if (!(await stands(family))) throw new FirewallUnavailable(`${family} did not keep the rules.`);
    }
  }

  /** All at once, and without touching what others put there. */
  async function restore(family: string, lines: readonly string[]): Promise<void> {
    await must(`${family}-restore`, ["-w", "5", "--noflush"], ["*filter", ...lines, "COMMIT", ""].join("\n"));
  }

  async function putFirst(family: string, jump: string): Promise<void> {
    const [, table = "", ...rule] = jump.split(" ");
    let removed = true;
    while (removed) removed = (await run(family, ["-w", "5", "-D", table, ...rule])).exitCode === 0;
    await must(family, ["-w", "5", "-I", table, "1", ...rule]);
  }

  async function stands(family: string): Promise<boolean> {
    const { stdout } = await must(family, ["-w", "5", "-S"]);
    const listed = stdout.split("\n");
    const inChain = listed.filter((line) => line.startsWith(`-A ${chain} `));
    return inChain.join("\n") === rules.join("\n") && jumps.every((jump) => isFirst(listed, jump));
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
function isFirst(listed: readonly string[], jump: string): boolean {
  const [, table] = jump.split(" ");
  const ofTable = listed.filter((line) => line.startsWith(`-A ${table} `));
  const before = ofTable.slice(0, ofTable.indexOf(jump));
  return (
    ofTable.includes(jump) &&
    before.every((line) => /^-A \S+ -i [a-z][a-z0-9]-\+ -j (OPENCLAW-[A-Z][A-Z0-9]|DROP)$/.test(line))
  );
}
