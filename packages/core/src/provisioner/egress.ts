import type { lookup as Lookup, LookupAddress } from "node:dns";
import { lookup as systemLookup } from "node:dns/promises";
import { BlockList, isIP, type LookupFunction, type Socket } from "node:net";
import { RequestError, Server } from "proxy-chain";
import { type AllowedHost, findAllowed, withoutBrackets } from "./allowed-hosts.ts";
import { createTlsGate } from "./tls-gate.ts";

export type EgressClient = { instanceId: string; allowed: readonly AllowedHost[] };

export type Refusal = {
  /** Null when the sender is no instance. */
  instanceId: string | null;
  /** `host:port` as asked for. */
  target: string;
  reason: "not-an-instance" | "not-allowed" | "private-address" | "other-name";
};

export type EgressOptions = {
  port: number;
  /** Range in CIDR notation that the networks of instances are cut from. Connections from elsewhere are closed unread. */
  subnets: string;
  /** The instance with this pinned address. */
  instanceAt(address: string): Promise<EgressClient | null>;
  onRefused(refusal: Refusal): void;
  /** Every address of a name; rejects when there is none. */
  resolve?: (host: string) => Promise<LookupAddress[]>;
};

/** A misbehaving assistant must not use up the worker's descriptors. */
const connectionsEach = 128;
/** Longer than any long poll or heartbeat of a channel. */
const idleMs = 10 * 60_000;

/**
 * The only way out of an instance's network: an HTTP proxy on every address of the host, which knows an instance by where it calls
 * from and lets it reach allowed hosts only. Names are resolved here, once, and the connection goes to the address that was checked.
 */
export async function startEgress(options: EgressOptions): Promise<{ close: () => Promise<void> }> {
  const resolve = options.resolve ?? ((host: string) => systemLookup(host, { all: true }));
  const gate = createTlsGate();
  const proxy = new Server({
    host: "0.0.0.0",
    port: options.port,
    authRealm: "egress",
    prepareRequestFunction: async ({ request, hostname, port, isHttp }) => {
      const host = withoutBrackets(hostname);
      const client = await options.instanceAt(request.socket.remoteAddress ?? "");
      const tell = (reason: Refusal["reason"]) =>
        options.onRefused({
          instanceId: client?.instanceId ?? null,
          target: `${host}:${port}`.slice(0, 300),
          reason,
        });
      const refuse = (reason: Refusal["reason"]) => {
        tell(reason);
        return new RequestError("This destination is not allowed.", 403);
      };
      if (!client) throw refuse("not-an-instance");
      const allowed = findAllowed(client.allowed, host, port);
      if (!allowed) throw refuse("not-allowed");
      const addresses = await resolve(allowed.resolvesAs ?? host).catch(() => {
        throw new RequestError("This destination has no address.", 502);
      });
      if (!allowed.private && addresses.some(isPrivate)) throw refuse("private-address");
      if (!allowed.tls) return { dnsLookup: pinned(addresses) };
      if (isHttp) throw refuse("not-allowed");
      const onForeign = () => tell("other-name");
      return { customConnectServer: gate.towards(request.socket, { host, port, addresses, onForeign }) };
    },
  });
  proxy.server.prependListener("connection", admitOnly(options.subnets));
  await proxy.listen();
  return { close: () => proxy.close(true) };
}

function admitOnly(subnets: string): (socket: Socket) => void {
  const instances = new BlockList();
  const [network = "", length] = subnets.split("/");
  instances.addSubnet(network, Number(length), "ipv4");
  const open = new Map<string, number>();

  return (socket) => {
    const address = socket.remoteAddress ?? "";
    const count = open.get(address) ?? 0;
    if (!isIP(address) || !instances.check(address) || count >= connectionsEach) {
      socket.destroy();
      return;
    }
    open.set(address, count + 1);
    socket.setTimeout(idleMs);
    socket.once("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  };
}

/** Answers with the addresses that were checked, so that a second answer of the name's server changes nothing. */
function pinned(addresses: LookupAddress[]): typeof Lookup {
  const answer: LookupFunction = (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, addresses);
    else if (first) callback(null, first.address, first.family);
    else callback(new Error("no address"), "");
  };
  // What connections call; the other overloads are never used.
  return answer as typeof Lookup;
}

/** Everything that isn't a public unicast address: RFC 6890 and the registries that it made. */
const privateRanges = new BlockList();
for (const range of [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
]) {
  const [network = "", length] = range.split("/");
  privateRanges.addSubnet(network, Number(length), "ipv4");
}
const publicIpv6 = new BlockList();
publicIpv6.addSubnet("2000::", 3, "ipv6");
/** Inside of 2000::/3, yet not public: Teredo and its neighbours, documentation, 6to4 (which embeds any IPv4 address). */
for (const [network, length] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  privateRanges.addSubnet(network, length, "ipv6");
}

function isPrivate({ address, family }: LookupAddress): boolean {
  if (family === 4) return privateRanges.check(address, "ipv4");
  return !publicIpv6.check(address, "ipv6") || privateRanges.check(address, "ipv6");
}
