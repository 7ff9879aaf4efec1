import { request } from "node:http";
import Docker from "dockerode";
import { systemClock } from "../adapters/clock.ts";
import { systemRandom } from "../adapters/random.ts";
import { createDockerEngine } from "./docker.ts";
import { execute } from "./docker-exec.ts";
import { buildTestImage } from "./docker-test-image.ts";
import { engineContract } from "./engine-contract.ts";

const socketPath = "/var/run/docker.sock";
const docker = new Docker({ socketPath, host: undefined });
/** Of this run alone: nothing of a running product is ever touched. */
const prefix = `t${systemRandom.uuid().slice(0, 1)}`;
const engine = createDockerEngine({ socketPath, prefix, subnets: "10.214.0.0/20", clock: systemClock });

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
      response.resume().once("end", () => resolve(true)).once("error", reject);
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
  close: async () => {
    for (const { instanceId } of await engine.list()) await engine.remove(instanceId);
  },
}));
