// Machines beyond this one, in a network namespace that we make: what an assistant could reach if its way out stood open. This
// machine reaches them, which shows that a probe that finds nothing was stopped on the way.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { command, succeeds } from "../../setup/command.ts";

/** Metadata service, private ranges, and a documentation address in the place of any on the internet. */
export const addresses = ["169.254.169.254", "10.254.254.254", "192.168.254.254", "203.0.113.10"];
export const ports = [80, 443, 53];
const namespace = "oc-prove";
const [here, there] = ["ocp-here", "ocp-there"];

const server = `
const { createServer } = require("net"), socket = require("dgram").createSocket("udp4");
let asked = 0;
socket.on("message", (message, from) => { asked += 1; socket.send(message, from.port, from.address); }).bind(53);
process.stdin.on("data", () => console.log(asked));
Promise.all(${JSON.stringify(ports)}.map((port) => new Promise((resolve) =>
  createServer((client) => client.on("error", () => {}).end("reached")).listen(port, resolve)))).then(() => console.log("ready"));`;

export type OutsideWorld = {
  /** Names that the resolver there was asked for. */
  resolverAsked(): Promise<number>;
};

export async function withOutsideWorld<T>(use: (world: OutsideWorld) => Promise<T>): Promise<T> {
  await tearDown();
  try {
    await setUp();
    const child = spawn("ip", ["netns", "exec", namespace, process.execPath, "-e", server], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout });
    await once(lines, "line");
    const resolverAsked = async () => {
      const answer = once(lines, "line");
      child.stdin.write("?");
      return Number((await answer)[0]);
    };
    try {
      return await use({ resolverAsked });
    } finally {
      child.kill("SIGKILL");
    }
  } finally {
    await tearDown();
  }
}

async function setUp(): Promise<void> {
  const ip = (line: string) => command("ip", line.split(" "));
  await ip(`netns add ${namespace}`);
  await ip(`link add ${here} type veth peer name ${there}`);
  await ip(`link set ${there} netns ${namespace}`);
  await ip(`addr add 198.18.255.1/30 dev ${here}`);
  await ip(`link set ${here} up`);
  await ip(`-n ${namespace} addr add 198.18.255.2/30 dev ${there}`);
  await ip(`-n ${namespace} link set ${there} up`);
  await ip(`-n ${namespace} link set lo up`);
  // Answers find back to every instance, whatever its address is.
  await ip(`-n ${namespace} route add default via 198.18.255.1`);
  for (const address of addresses) {
    await ip(`-n ${namespace} addr add ${address}/32 dev lo`);
    await ip(`route add ${address}/32 via 198.18.255.2`);
  }
}

async function tearDown(): Promise<void> {
  await succeeds("ip", ["netns", "delete", namespace]);
  await succeeds("ip", ["link", "delete", here]);
}
