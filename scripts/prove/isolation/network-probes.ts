import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { command } from "../../setup/command.ts";
import type { Product } from "../product.ts";
import { addresses, type OutsideWorld, ports, withOutsideWorld } from "./outside-world.ts";
import { connectFrom, evaluateIn, type Probe } from "./probe.ts";

type Pair = { inside: string; neighbour: string };

/** Everything that an assistant could want to reach, and may not. Controls are probes too: what they expect is that it is there. */
export async function networkProbes(product: Product, pair: Pair): Promise<Probe[]> {
  return [
    ...(await neighbourProbes(pair)),
    ...(await hostProbes(product, pair.inside)),
    ...(await withOutsideWorld((world) => outsideProbes(world, pair.inside))),
    ...(await proxyProbes(product, pair)),
  ];
}

const addressOf = (container: string) =>
  command("docker", [
    "inspect",
    "--format",
    "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
    container,
  ]);

async function neighbourProbes({ inside, neighbour }: Pair): Promise<Probe[]> {
  const address = await addressOf(neighbour);
  const probe = (name: string, expected: string, seen: string): Probe => ({ name, expected, seen });
  return [
    probe("control: a neighbour’s gateway from this machine", "answered", await connectHere(address, 18789)),
    probe("a neighbour’s gateway", "nothing", await connectFrom(inside, address, 18789)),
    probe("one’s own gateway, as the control", "answered", await connectFrom(inside, "127.0.0.1", 18789)),
  ];
}

/** A service that listens on every address of the host, and those of the product. */
async function hostProbes(product: Product, inside: string): Promise<Probe[]> {
  let connections = 0;
  const canary = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, "::");
  await once(canary, "listening");
  const { port } = canary.address() as AddressInfo;
  const control = await connectHere("127.0.0.1", port);
  const probes: Probe[] = [{ name: "control: a service of the host", expected: "answered", seen: control }];
  for (const address of hostAddresses()) {
    const seen = await connectFrom(inside, address, port);
    probes.push({ name: `a service of the host at ${kindOf(address)}`, expected: "nothing", seen });
  }
  const gateway = await gatewayOf(inside);
  const urls = {
    web: product.webUrl,
    admin: product.adminUrl,
    worker: product.internalUrl,
    database: product.databaseUrl,
  };
  for (const [name, url] of Object.entries(urls)) {
    const seen = await connectFrom(inside, gateway, Number(new URL(url).port));
    probes.push({ name: `the ${name} of the product`, expected: "nothing", seen });
  }
  for (const standard of [22, 2375, 5432]) {
    const seen = await connectFrom(inside, gateway, standard);
    probes.push({ name: `port ${standard} of the host`, expected: "nothing", seen });
  }
  canary.close();
  probes.push({
    name: "connections that the service of the host saw",
    expected: "1",
    seen: String(connections),
  });
  return probes;
}

const gatewayOf = (container: string) =>
  command("docker", [
    "network",
    "inspect",
    "--format",
    "{{range .IPAM.Config}}{{.Gateway}}{{end}}",
    container,
  ]);

const hostAddresses = () =>
  Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address, scopeid }) => (scopeid ? `${address}%eth0` : address)),
  );
const kindOf = (address: string) => (address.includes(":") ? "an IPv6 address" : "an IPv4 address");

async function outsideProbes(world: OutsideWorld, inside: string): Promise<Probe[]> {
  const probes: Probe[] = [];
  for (const address of addresses) {
    for (const port of ports) {
      const target = `${address}:${port}`;
      probes.push(
        {
          name: `control: ${target} from this machine`,
          expected: "answered",
          seen: await connectHere(address, port),
        },
        { name: target, expected: "nothing", seen: await connectFrom(inside, address, port) },
      );
    }
  }
  const resolve = (server: string) =>
    evaluateIn<string>(
      inside,
      `(async () => {
        const resolver = new (require("dns").promises.Resolver)({ timeout: 1000, tries: 1 });
        if ("${server}") resolver.setServers(["${server}"]);
        return resolver.resolve4("canary.example.org").then(() => "answered", () => "nothing");
      })()`,
    );
  probes.push(
    { name: "a name, from the resolver of the container", expected: "nothing", seen: await resolve("") },
    { name: "a name, from a resolver outside", expected: "nothing", seen: await resolve("203.0.113.10") },
    {
      name: "names that the resolver outside was asked for",
      expected: "0",
      seen: String(await world.resolverAsked()),
    },
  );
  const ipv6 = await evaluateIn<string[]>(
    inside,
    `Object.values(require("os").networkInterfaces()).flat().filter(({ family, internal }) => family === "IPv6" && !internal).map(({ address }) => address)`,
  );
  probes.push({ name: "IPv6 addresses of the container", expected: "none", seen: ipv6.join(" ") || "none" });
  return probes;
}

/** What the way out itself can be asked for. */
async function proxyProbes(product: Product, { inside, neighbour }: Pair): Promise<Probe[]> {
  const { proxyUrl, modelUrl } = await evaluateIn<{ proxyUrl: string; modelUrl: string }>(
    inside,
    `(() => {
      const config = JSON.parse(require("fs").readFileSync("/home/node/.openclaw/openclaw.json", "utf8"));
      return { proxyUrl: config.proxy.proxyUrl, modelUrl: config.models.providers.openrouter.baseUrl };
    })()`,
  );
  const ask = (method: string, path: string) =>
    evaluateIn<string>(
      inside,
      `new Promise((resolve) => {
        const { hostname: host, port } = new URL(${JSON.stringify(proxyUrl)});
        const asked = require("http").request({ host, port, method: "${method}", path: ${JSON.stringify(path)}, headers: { host: "x" } });
        asked.once("response", ({ statusCode }) => resolve(String(statusCode)));
        asked.once("connect", ({ statusCode }) => resolve(String(statusCode)));
        asked.once("error", () => resolve("closed")).end();
      })`,
    );
  const models = new URL(modelUrl);
  const targets = {
    "a name that is not allowed": "example.org:443",
    "an address as a literal": "203.0.113.10:443",
    "an IPv6 literal": "[2001:db8::10]:443",
    "the metadata address": "169.254.169.254:80",
    "the host by its loopback": `127.0.0.1:${new URL(product.internalUrl).port}`,
    "the host by name": `localhost:${new URL(product.webUrl).port}`,
    "a neighbour": `${await addressOf(neighbour)}:18789`,
    "another port of an allowed host": `${models.hostname}:22`,
    "a name that begins like an allowed one": `${models.hostname}.example.org:443`,
  };
  const probes: Probe[] = [
    {
      name: "control: the models through the proxy",
      expected: "200",
      seen: await ask("GET", `${modelUrl}/models`),
    },
  ];
  for (const [name, target] of Object.entries(targets)) {
    probes.push({ name: `CONNECT to ${name}`, expected: "403", seen: await ask("CONNECT", target) });
    probes.push({ name: `GET from ${name}`, expected: "403", seen: await ask("GET", `http://${target}/`) });
  }
  return probes;
}

function connectHere(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.setTimeout(1500, () => socket.destroy(new Error("silence")));
    socket.once("connect", () => {
      socket.destroy();
      resolve("answered");
    });
    socket.once("error", () => resolve("nothing"));
  });
}
