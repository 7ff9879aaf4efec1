// What the platform adds to starting an assistant: the whole way through it against `docker run` of the same image, one after the
// other, each until the gateway says that it lives.
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { openClawConfig } from "@openclaw-launch/core/provisioner/openclaw-config";
import type { Proof } from "../prove.ts";
import { command } from "../setup/command.ts";
import { isHealthy } from "../setup/wait-until-healthy.ts";
import {
  deployAssistant,
  nextMoment,
  percentile,
  removeAssistant,
  round,
  secondsOf,
  signUpOwner,
} from "./owner.ts";
import { type Product, tryProduct } from "./product.ts";

const rounds = 4;
const allowedRatio = 1.3;

export async function prove(): Promise<Proof> {
  const pairs = await tryProduct(async (product) => {
    const measured: { platform: number; engine: number; plain: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const pair = { ...(await throughPlatform(product)), plain: await plainRun(product) };
      console.log(
        `  platform ${pair.platform} s, of which engine calls ${pair.engine} s; docker run ${pair.plain} s`,
      );
      measured.push(pair);
    }
    return measured;
  });
  const median = (name: "platform" | "engine" | "plain") =>
    percentile(
      pairs.map((pair) => pair[name]),
      0.5,
    );
  const ratio = round(median("platform") / median("plain"));
  const figures = {
    rounds,
    platformSeconds: median("platform"),
    engineSeconds: median("engine"),
    plainSeconds: median("plain"),
    ratio,
    allowedRatio,
  };
  return {
    figures,
    failures: ratio > allowedRatio ? [`the platform takes ${ratio} times as long as docker run`] : [],
  };
}

/** From the owner's command to a live gateway. */
async function throughPlatform(product: Product): Promise<{ platform: number; engine: number }> {
  const launch = await signUpOwner(product);
  const { id, operation } = await deployAssistant(launch);
  const done = await operation.finished();
  const live = done.phases.find(({ name }) => name === "wait-live")?.finishedAt;
  const seconds = secondsOf(done.phases);
  await removeAssistant(launch, id);
  return {
    platform: round(((live?.getTime() ?? Number.NaN) - done.createdAt.getTime()) / 1000),
    engine: round((seconds["create-container"] ?? 0) + (seconds["start-container"] ?? 0)),
  };
}

/** The same image and limits, on Docker's own network, with the configuration already in its volume. */
async function plainRun({ instanceImage, prefix }: Product): Promise<number> {
  const name = `${prefix}-plain-${randomUUID().slice(0, 8)}`;
  const volume = ["--volume", `${name}:/home/node/.openclaw`];
  const configuration = openClawConfig({
    version: instanceImage.split(":").at(-1) ?? "",
    configuration: { version: 1, name: "Ada", model: "openai/gpt-5-mini", personality: "", channels: {} },
    gatewayToken: randomUUID(),
    modelKey: "none",
    modelBaseUrl: "http://openrouter.internal:1/api/v1",
    origin: "https://plain.localhost",
    hostAddress: "192.0.2.1",
    egressPort: 3128,
  });
  const write =
    'require("fs").writeFileSync("/home/node/.openclaw/openclaw.json", process.argv[1], { mode: 0o600 })';
  const remove = () => {
    for (const object of ["container", "volume"])
      spawnSync("docker", [object, "rm", "--force", name], { stdio: "ignore" });
  };
  process.once("exit", remove); // an interruption ends the proof before the block below does
  try {
    await command("docker", ["run", "--rm", ...volume, instanceImage, "node", "-e", write, configuration]);
    const started = performance.now();
    await command("docker", [
      "run",
      "--detach",
      "--name",
      name,
      ...volume,
      "--memory",
      "2g",
      "--cpus",
      "2",
      instanceImage,
    ]);
    const address = await command("docker", ["inspect", "--format", "{{.NetworkSettings.IPAddress}}", name]);
    while (!(await isHealthy(`http://${address}:18789/healthz`))) await nextMoment();
    return round((performance.now() - started) / 1000);
  } finally {
    remove();
    process.off("exit", remove);
  }
}
