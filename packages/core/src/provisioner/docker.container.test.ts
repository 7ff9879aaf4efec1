import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, request } from "node:http";
import { type AddressInfo, connect, createServer as createRelay, type Server, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { pack } from "tar-stream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../adapters/clock.ts";
import { systemRandom } from "../adapters/random.ts";
import { runCommand } from "../adapters/run-command.ts";
import { type InstanceSpec, TransientFailure } from "../ports.ts";
import { freePort } from "../testing/free-port.ts";
import { createDockerEngine } from "./docker.ts";
import { execute } from "./docker-exec.ts";
import { buildLabelledImage, buildTestImage } from "./docker-test-image.ts";
import { type Refusal, startEgress } from "./egress.ts";
import { engineContract } from "./engine-contract.ts";
import { hostFirewall } from "./firewall.ts";

const socketPath = "/var/run/docker.sock";
const docker = new Docker({ socketPath, host: undefined });
/** Of this run alone: nothing of a running product is ever touched. */
const prefix = `t${systemRandom.uuid().slice(0, 1)}`;
const subnets = "10.214.0.0/20";
const engine = createDockerEngine({ socketPath, prefix, subnets, clock: systemClock });

async function removeAll(): Promise<void> {
  for (const { instanceId } of await engine.list()) await engine.remove(instanceId);
}

/** What a process inside of the instance prints. */
async function runInside(instanceId: string, script: string): Promise<string> {
  const container = docker.getContainer(`${prefix}-${instanceId}`);
  return (await execute(container, ["node", "-e", script])).output.trim();
}

async function order(instanceId: string, name: "print" | "exit" | "hog", body = ""): Promise<void> {
  const { address } = await engine.network(instanceId);
  await post(`http://${address}:18789/${name}`, body);
}

/** Waits for the program to listen. */
async function post(url: string, body: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await send(url, body).catch(() => false)) return;
    await systemClock.sleep(50);
  }
  throw new Error(`${url} does not answer.`);
}

function send(url: string, body: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", agent: false }, (response) => {
      response
        .resume()
        .once("end", () => resolve(true))
        .once("error", reject);
    });
    outgoing.once("error", reject).end(body);
  });
}

engineContract("Docker", async () => ({
  engine,
  image: await buildTestImage(docker),
  exit: (instanceId, exitCode) => order(instanceId, "exit", String(exitCode)),
  exhaustMemory: (instanceId) => order(instanceId, "hog"),
  print: (instanceId, text) => order(instanceId, "print", text),
  readFile: async (instanceId, path) => {
    const script = `
      const fs = require("node:fs"), path = "/home/node/.openclaw/${path}";
      const found = fs.existsSync(path);
      console.log(JSON.stringify(found ? { content: fs.readFileSync(path, "utf8"), mode: fs.statSync(path).mode & 0o777 } : null));`;
    return JSON.parse(await runInside(instanceId, script));
  },
  close: removeAll,
}));

async function specOf(changes: Partial<InstanceSpec> = {}): Promise<InstanceSpec> {
  return {
    instanceId: systemRandom.uuid(),
    generation: 1,
    image: await buildTestImage(docker),
    hostname: "assistant-1",
    memoryBytes: 256 * 1024 ** 2,
    milliCpus: 500,
    pids: 64,
    environment: {},
    files: [{ path: "openclaw.json", mode: 0o600, content: "canary-5f1c" }],
    ...changes,
  };
}

async function startInstance(changes: Partial<InstanceSpec> = {}): Promise<string> {
  const spec = await specOf(changes);
  await engine.apply(spec);
  await engine.start(spec.instanceId);
  return spec.instanceId;
}

/** What JavaScript inside of the instance evaluates to. */
async function evaluate(instanceId: string, expression: string): Promise<unknown> {
  const output = await runInside(
    instanceId,
    `(async () => console.log(JSON.stringify(await (async () => (${expression}))() ?? null)))()`,
  );
  return JSON.parse(output);
}

test("an image that isn't made from ours says no version, whatever else it says", async () => {
  const image = await buildLabelledImage(docker, "org.opencontainers.image.version=2026.9.6");
  expect(await engine.imageVersion(image)).toBeNull();
  await docker.getImage(image).remove();
});

describe("inside of a container", () => {
  let instanceId: string;
  beforeAll(async () => {
    instanceId = await startInstance();
  });
  afterAll(removeAll);

  const read = (path: string) =>
    evaluate(instanceId, `require("fs").readFileSync(${JSON.stringify(path)}, "utf8")`);
  /** Error code of the attempt, or "done". */
  const attempt = (statement: string) =>
    evaluate(
      instanceId,
      `(() => { try { ${statement}; return "done"; } catch (error) { return error.code ?? String(error); } })()`,
    );

  test("I1: the program has no capability, can gain none, and runs under the engine's system call filter", async () => {
    const status = String(await read("/proc/self/status"));
    expect(status).toMatch(/^CapEff:\s0{16}$/m);
    expect(status).toMatch(/^CapBnd:\s0{16}$/m);
    expect(status).toMatch(/^NoNewPrivs:\s1$/m);
    expect(status).toMatch(/^Seccomp:\s2$/m);
    expect(status).toMatch(/^Uid:\s1000\s1000\s1000\s1000$/m);
    expect(status).toMatch(/^Gid:\s1000\s1000\s1000\s1000$/m);
  });

  test.each(["/etc/x", "/usr/local/bin/x", "/home/node/x", "/program.mjs"])(
    "I1: %s can't be written",
    async (path) => {
      expect(await attempt(`require("fs").writeFileSync("${path}", "")`)).toMatch(/^(EROFS|EACCES)$/);
    },
  );

  test("I1: the state folder and /tmp can be written, and nothing runs from /tmp", async () => {
    expect(await attempt(`require("fs").writeFileSync("/home/node/.openclaw/x", "")`)).toBe("done");
    expect(await attempt(`require("fs").writeFileSync("/tmp/x", "#!/bin/sh\\n", { mode: 0o755 })`)).toBe(
      "done",
    );
    expect(await attempt(`require("child_process").execFileSync("/tmp/x")`)).toBe("EACCES");
  });

  test("I1: it sees its own processes only, and no engine", async () => {
    const programs = await evaluate(
      instanceId,
      `require("fs").readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length`,
    );
    expect(Number(programs)).toBeLessThan(8);
    expect(await evaluate(instanceId, `require("fs").existsSync("/var/run/docker.sock")`)).toBe(false);
    expect(await evaluate(instanceId, `require("os").hostname()`)).toBe("assistant-1");
  });

  test("I2: memory, CPU and processes are limited by the kernel", async () => {
    const { HostConfig } = await docker.getContainer(`${prefix}-${instanceId}`).inspect();
    expect(HostConfig).toMatchObject({
      Memory: 256 * 1024 ** 2,
      MemorySwap: 256 * 1024 ** 2,
      NanoCpus: 500_000_000,
      PidsLimit: 64,
    });
    const limit = `(() => {
      const fs = require("fs");
      const path = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].find((file) => fs.existsSync(file));
      return Number(fs.readFileSync(path, "utf8"));
    })()`;
    expect(await evaluate(instanceId, limit)).toBe(256 * 1024 ** 2);
  });

  test("I2: a fork bomb stops at the limit, and the assistant goes on", async () => {
    const bomb = `new Promise((resolve) => {
      const children = [];
      const more = () => {
        const child = require("child_process").spawn("sleep", ["60"]);
        child.once("error", (error) => { for (const one of children) one.kill("SIGKILL"); resolve(error.code); });
        child.once("spawn", () => { children.push(child); children.length < 500 ? more() : resolve("no limit"); });
      };
      more();
    })`;
    expect(await evaluate(instanceId, bomb)).toBe("EAGAIN");
    expect((await engine.inspect(instanceId)).container?.state).toBe("running");
  });

  test("E4: what the files hold is not in what the engine tells of the container", async () => {
    const container = docker.getContainer(`${prefix}-${instanceId}`);
    expect(await read("/home/node/.openclaw/openclaw.json")).toBe("canary-5f1c");
    expect(JSON.stringify(await container.inspect())).not.toContain("canary");
  });

  test("the engine runs only what it was given, without a shell", async () => {
    const answer = await engine.exec(instanceId, ["openclaw", "config", "validate"]);
    expect(answer).toEqual({ exitCode: 7, output: "/usr/local/bin/openclaw: config validate\n" });
  });

  test("B2: errors are told apart from output, with their time", async () => {
    const controller = new AbortController();
    const before = systemClock.now().getTime();
    await order(instanceId, "print", "to read");
    for await (const line of engine.logs(instanceId, { tail: 1, signal: controller.signal })) {
      expect(line).toMatchObject({ stream: "stdout", text: "to read" });
      expect(Math.abs(line.at.getTime() - before)).toBeLessThan(10_000);
      controller.abort();
    }
  });

  test("a file that is replaced is never missing and never half written", async () => {
    const contents = ["a", "b"].map((letter) => letter.repeat(200_000));
    const write = (content = "") =>
      engine.writeFiles(instanceId, [{ path: "watched.json", mode: 0o600, content }]);
    await write(contents[0]);
    const watching = evaluate(
      instanceId,
      `(() => {
      const fs = require("fs"), seen = new Set(), end = Date.now() + 4000;
      while (Date.now() < end) {
        try { const text = fs.readFileSync("/home/node/.openclaw/watched.json", "utf8"); seen.add(text.length + text[0]); }
        catch (error) { seen.add(error.code); }
      }
      return [...seen].sort();
    })()`,
    );
    for (let round = 0; round < 6; round++) await write(contents[(round + 1) % 2]);
    expect(await watching).toEqual(["200000a", "200000b"]);
  });
});

describe("after something else interfered", () => {
  afterEach(removeAll);

  test("B3: an assistant stands still while its state is read, goes on however the reading ends, and is never left frozen", async () => {
    const instanceId = await startInstance();
    const container = docker.getContainer(`${prefix}-${instanceId}`);
    const isFrozen = async () => (await container.inspect()).State.Paused;
    for await (const _part of engine.readState(instanceId)) {
      expect(await isFrozen()).toBe(true);
      break;
    }
    expect(await isFrozen()).toBe(false);
    // As a worker leaves it that dies while it reads.
    const goesOn: Record<string, () => Promise<unknown>> = {
      start: () => engine.start(instanceId),
      writeFiles: () => engine.writeFiles(instanceId, [{ path: "x", mode: 0o600, content: "x" }]),
      readState: async () => {
        for await (const _part of engine.readState(instanceId));
      },
    };
    for (const act of Object.values(goesOn)) {
      await container.pause();
      await act();
      expect(await isFrozen()).toBe(false);
    }
    await container.pause();
    await engine.stop(instanceId, 0);
    expect((await engine.inspect(instanceId)).container?.state).toBe("exited");
  });

  test("I1: an archive's links lead nowhere out of the container", async () => {
    const spec = await specOf();
    await engine.apply(spec);
    const archive = pack();
    archive.entry({ name: "way", type: "symlink", linkname: "/etc" });
    archive.entry({ name: "way/escaped-5f1c" }, "x");
    archive.finalize();
    await engine.replaceState(spec, archive as AsyncIterable<Uint8Array>).catch(() => undefined);
    expect(existsSync("/etc/escaped-5f1c")).toBe(false);
  });

  test("a container whose network was made anew is made anew, with its state", async () => {
    const spec = await specOf();
    await engine.apply(spec);
    await docker.getNetwork(`${prefix}-${spec.instanceId}`).remove();
    await engine.apply(spec);
    await engine.start(spec.instanceId);
    expect(
      await evaluate(
        spec.instanceId,
        `require("fs").readFileSync("/home/node/.openclaw/openclaw.json", "utf8")`,
      ),
    ).toBe("canary-5f1c");
  });

  test("I1: another runtime makes the container anew, with its state, and runs it; one that the engine lacks is refused", async () => {
    const under = (runtime: string) =>
      createDockerEngine({ socketPath, prefix, subnets, clock: systemClock, runtime });
    const spec = await specOf();
    await engine.apply(spec);
    // The engine's own, by the name that it has for containerd.
    const runtime = "io.containerd.runc.v2";
    await under(runtime).apply({ ...spec, files: [] });
    await engine.start(spec.instanceId);
    const { HostConfig } = await docker.getContainer(`${prefix}-${spec.instanceId}`).inspect();
    expect(HostConfig.Runtime).toBe(runtime);
    expect(
      await evaluate(
        spec.instanceId,
        `require("fs").readFileSync("/home/node/.openclaw/openclaw.json", "utf8")`,
      ),
    ).toBe("canary-5f1c");
    await expect(under("nowhere").apply(spec)).rejects.toThrow("nowhere");
  });

  test("I1: a network of our name that isn't internal is refused", async () => {
    const spec = await specOf();
    await docker.createNetwork({
      Name: `${prefix}-${spec.instanceId}`,
      Internal: false,
      IPAM: { Config: [{ Subnet: "10.214.250.0/29", Gateway: "10.214.250.1" }] },
    });
    await expect(engine.apply(spec)).rejects.toThrow("is not one of ours");
    await docker.getNetwork(`${prefix}-${spec.instanceId}`).remove();
  });

  test("a container whose start was cut off by the engine's death gives way to another, with its state", async () => {
    const spec = await specOf();
    await engine.apply(spec);
    await engine.writeFiles(spec.instanceId, [{ path: "remembered", mode: 0o600, content: "the sea" }]);
    await using spoilt = await engineThatSpoils(/\/start$/, (id) => `task ${id}: already exists`);
    const through = createDockerEngine({ socketPath: spoilt.path, prefix, subnets, clock: systemClock });
    await expect(through.start(spec.instanceId)).rejects.toThrow(TransientFailure);
    expect(await engine.inspect(spec.instanceId)).toMatchObject({ container: null, volume: true });
    await engine.apply(spec);
    await engine.start(spec.instanceId);
    const kept = `require("fs").readFileSync("/home/node/.openclaw/remembered", "utf8")`;
    expect(await evaluate(spec.instanceId, kept)).toBe("the sea");
  });

  test("whatever else keeps a container from starting leaves it there", async () => {
    const spec = await specOf();
    await engine.apply(spec);
    await using spoilt = await engineThatSpoils(/\/start$/, () => "no space left on device");
    const through = createDockerEngine({ socketPath: spoilt.path, prefix, subnets, clock: systemClock });
    await expect(through.start(spec.instanceId)).rejects.toThrow("no space left on device");
    expect((await engine.inspect(spec.instanceId)).container?.state).toBe("created");
  });

  test("events go on when the connection to the engine breaks, without a gap", async () => {
    const relay = await relayTo(socketPath);
    const through = createDockerEngine({ socketPath: relay.path, prefix, subnets, clock: systemClock });
    const controller = new AbortController();
    const seen: string[] = [];
    const spec = await specOf();
    await engine.apply(spec);
    const events = through.events(systemClock.now(), controller.signal);
    await engine.start(spec.instanceId);
    for await (const { instanceId, kind } of events) {
      // They begin with a whole second, in which the test before may have ended.
      if (instanceId !== spec.instanceId) continue;
      seen.push(kind);
      if (kind === "die") break;
      relay.cut();
      await engine.stop(spec.instanceId, 0);
    }
    controller.abort();
    await relay.close();
    expect(seen).toEqual(["start", "die"]);
  });
});

/** The engine, but for one request, which it refuses as a broken one does; the text is told the id of what it was for. */
async function engineThatSpoils(path: RegExp, text: (id: string) => string) {
  const server = createServer((incoming, response) => {
    const id = incoming.url?.split("/").at(-2) ?? "";
    if (path.test(incoming.url ?? "")) {
      response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: text(id) }));
      return;
    }
    const { method, url, headers } = incoming;
    const outgoing = request({ socketPath, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(outgoing);
  });
  const socket = join(tmpdir(), `spoils-${systemRandom.uuid()}.sock`);
  await listen(server, socket);
  return {
    path: socket,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** A socket that leads to another, until it is cut; new connections go through again. */
async function relayTo(target: string): Promise<{ path: string; cut(): void; close(): Promise<void> }> {
  const path = join(tmpdir(), `relay-${systemRandom.uuid()}.sock`);
  const sockets = new Set<Socket>();
  const relay = createRelay((incoming) => {
    const outgoing = connect(target);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => void sockets.delete(socket));
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await listen(relay, path);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    path,
    cut,
    close: async () => {
      cut();
      relay.close();
      await once(relay, "close");
    },
  };
}

async function listen(server: Server, where: string | number): Promise<void> {
  server.listen(where);
  await once(server, "listening");
}

const mayFilter = await runCommand("iptables", ["-w", "5", "-S"]).then(
  ({ exitCode }) => exitCode === 0,
  () => false,
);

describe("I3: the network of an instance", () => {
  const refusals: Refusal[] = [];
  let inside: string;
  let neighbour: string;
  let gateway: string;
  let egressPort: number;
  let servicePort: number;
  const service = createServer((incoming, response) => void response.end(`service ${incoming.url}`));
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    [inside, neighbour] = await Promise.all([startInstance(), startInstance()]);
    const network = await engine.network(inside);
    gateway = network.gateway;
    await listen(service, 0);
    servicePort = (service.address() as AddressInfo).port;
    egressPort = await freePort();
    const allowed = [
      { host: "models.test", port: servicePort, tls: false, private: true, resolvesAs: "127.0.0.1" },
    ];
    const egress = await startEgress({
      port: egressPort,
      subnets,
      instanceAt: async (address) => (address === network.address ? { instanceId: inside, allowed } : null),
      onRefused: (refusal) => void refusals.push(refusal),
    });
    closing.push(egress.close);
    if (mayFilter) await hostFirewall({ prefix, egressPort, run: runCommand }).apply();
  });
  afterAll(async () => {
    service.close();
    await Promise.all(closing.map((close) => close()));
    if (mayFilter) await removeFirewall();
    await removeAll();
  });

  /** The same commands that put it in place, the other way round. */
  async function removeFirewall(): Promise<void> {
    const chain = `OPENCLAW-${prefix.toUpperCase()}`;
    const beyondHost = ["-m", "addrtype", "!", "--dst-type", "LOCAL", "-j", "DROP"];
    for (const family of ["iptables", "ip6tables"]) {
      await runCommand(family, ["-w", "5", "-D", "INPUT", "-i", `${prefix}-+`, "-j", chain]);
      await runCommand(family, [
        "-w",
        "5",
        "-t",
        "mangle",
        "-D",
        "PREROUTING",
        "-i",
        `${prefix}-+`,
        ...beyondHost,
      ]);
      await runCommand(family, ["-w", "5", "-F", chain]);
      await runCommand(family, ["-w", "5", "-X", chain]);
    }
  }

  /** "reached", or the error's code; silence for a second and a half is "blocked". */
  const reach = (instanceId: string, host: string, port: number) =>
    evaluate(
      instanceId,
      `new Promise((resolve) => {
      const socket = require("net").connect({ host: "${host}", port: ${port} });
      socket.once("connect", () => resolve("reached")).once("error", (error) => resolve(error.code));
      setTimeout(resolve, 1500, "blocked").unref();
    }).finally(() => setImmediate(() => process.exit()))`,
    );

  /** Answer to a request through the proxy at the gateway. */
  const viaProxy = (instanceId: string, proxy: string, url: string) =>
    evaluate(
      instanceId,
      `new Promise((resolve, reject) => {
      const url = new URL("${url}");
      const outgoing = require("http").get({ host: "${proxy}", port: ${egressPort}, path: url.href, headers: { host: url.host } }, async (response) => {
        let body = "";
        for await (const chunk of response) body += chunk;
        resolve({ status: response.statusCode, body });
      });
      outgoing.once("error", (error) => resolve({ error: error.code }));
    })`,
    );

  test("an allowed host is reached through the egress proxy", async () => {
    expect(await viaProxy(inside, gateway, `http://models.test:${servicePort}/v1`)).toEqual({
      status: 200,
      body: "service /v1",
    });
  });

  test.each([
    "http://example.org/",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:5432/",
    "http://[::1]/",
  ])("%s is refused by it, and the refusal is counted", async (url) => {
    refusals.length = 0;
    expect(await viaProxy(inside, gateway, url)).toMatchObject({ status: 403 });
    expect(refusals).toMatchObject([{ instanceId: inside, reason: "not-allowed" }]);
  });

  test("an instance gets no further through the proxy than its own list, whatever its neighbour may", async () => {
    const { gateway: own } = await engine.network(neighbour);
    expect(await viaProxy(neighbour, own, `http://models.test:${servicePort}/`)).toMatchObject({
      status: 403,
    });
    expect(refusals.at(-1)).toMatchObject({ instanceId: null, reason: "not-an-instance" });
  });

  test("a neighbour, the metadata address, private ranges and the internet are not reached", async () => {
    const { address } = await engine.network(neighbour);
    const others = ["169.254.169.254", "10.0.0.1", "192.168.0.1", "172.17.0.1", "192.0.2.1"].map((host) =>
      reach(inside, host, 80),
    );
    for (const outcome of await Promise.all([reach(inside, address, 18789), ...others])) {
      expect(outcome).toMatch(/^(ENETUNREACH|EHOSTUNREACH|blocked)$/);
    }
  });

  test("no name is resolved, and there is no IPv6", async () => {
    const resolver = `new (require("dns").promises.Resolver)({ timeout: 2000, tries: 1 })`;
    const resolved = `${resolver}.resolve4("example.org").then(() => "resolved", (error) => error.code)`;
    expect(await evaluate(inside, resolved)).toMatch(/^(ETIMEOUT|ESERVFAIL|EREFUSED|ECONNREFUSED)$/);
    const addresses = `Object.values(require("os").networkInterfaces()).flat().filter((one) => one.family === "IPv6" && !one.internal)`;
    expect(await evaluate(inside, addresses)).toEqual([]);
  });

  test.skipIf(!mayFilter)(
    "of the host, the egress port is reached and nothing else, on any address",
    async () => {
      const interfaces = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
      const own = interfaces
        .filter(({ family, internal }) => family === "IPv4" && !internal)
        .map(({ address }) => address);
      expect(own).toContain(gateway);
      expect(await reach(inside, gateway, egressPort)).toBe("reached");
      const outcomes = await Promise.all(own.map((address) => reach(inside, address, servicePort)));
      expect(outcomes).not.toContain("reached");
    },
  );

  test.skipIf(!mayFilter)("the firewall that does it is put back when it is lost", async () => {
    const firewall = hostFirewall({ prefix, egressPort, run: runCommand });
    expect(await firewall.verify()).toBe(true);
    await runCommand("iptables", ["-w", "5", "-F", `OPENCLAW-${prefix.toUpperCase()}`]);
    expect(await firewall.verify()).toBe(false);
    expect(await reach(inside, gateway, servicePort)).toBe("reached");
    await firewall.apply();
    expect(await firewall.verify()).toBe(true);
    expect(await reach(inside, gateway, servicePort)).toBe("blocked");
  });

  test("the host reaches the instance: health checks and the edge come in this way", async () => {
    await order(inside, "print", "hello");
    const controller = new AbortController();
    for await (const { text } of engine.logs(inside, { tail: 1, signal: controller.signal })) {
      expect(text).toBe("hello");
      break;
    }
  });
});
