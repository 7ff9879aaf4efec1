// A random bot token in a configuration, then a whole journey on the real product. It may be in the instance's own configuration
// and nowhere else: in nothing that web is sent, in no row, no write-ahead log, no log file, no `docker inspect`, no file of the host.
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createLaunch } from "@openclaw-launch/sdk";
import type { Proof } from "../prove.ts";
import { command } from "../setup/command.ts";
import { deployAssistant, removeAssistant } from "./owner.ts";
import { type Product, tryProduct } from "./product.ts";

type Found = { places: Record<string, number>; leaks: string[]; inInstance: boolean };

export async function prove(): Promise<Proof> {
  const { places, leaks, inInstance } = await tryProduct(journey);
  const failures = leaks.map((place) => `the token is in ${place}`);
  if (!inInstance) failures.push("the token is not even where it belongs: the search finds nothing");
  for (const [kind, count] of Object.entries(places))
    if (count === 0) failures.push(`no ${kind} were searched`);
  return { figures: { searched: places, leaks: leaks.length, inInstance }, failures };
}

async function journey(product: Product): Promise<Found> {
  const secret = randomBytes(27).toString("base64url").slice(0, 35);
  const password = `quiet otter ${randomBytes(9).toString("base64url")}`;
  const needles = [secret, password].flatMap((text) => [
    text,
    Buffer.from(text).toString("base64").slice(4, -4),
  ]);
  const sent: string[] = [];
  const launch = createLaunch({
    url: product.webUrl,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      sent.push(`${request.url} ${JSON.stringify([...request.headers])} ${await request.clone().text()}`);
      return fetch(request);
    },
  });
  await launch.signUp({ email: `${randomBytes(8).toString("hex")}@example.org`, password });
  const { id, operation } = await deployAssistant(launch, "Ada", {
    telegram: { botToken: `123456789:${secret}` },
  });
  await operation.finished();

  const container = `${product.prefix}-${id}`;
  const read = ["exec", container, "cat", "/home/node/.openclaw/openclaw.json"];
  const inInstance = (await command("docker", read)).includes(secret);
  const inspected = [
    await command("docker", ["inspect", container]),
    await command("docker", ["network", "inspect", container]),
    await command("docker", ["volume", "inspect", container]),
    await command("docker", ["logs", container]),
  ];
  const files = await filesBelow(product.data);
  const leaks = [
    ...sent.flatMap((text) => leaksIn(needles, Buffer.from(text), `a request: ${text.split(" ")[0]}`)),
    ...inspected.flatMap((text, index) =>
      leaksIn(needles, Buffer.from(text), `the engine's answer ${index}`),
    ),
    ...(await Promise.all(files.map(async (file) => leaksIn(needles, await readFile(file), file)))).flat(),
  ];
  await removeAssistant(launch, id);
  return {
    places: { requests: sent.length, engineAnswers: inspected.length, files: files.length },
    leaks,
    inInstance,
  };
}

const leaksIn = (needles: string[], content: Buffer, place: string): string[] =>
  needles.some((needle) => content.includes(needle)) ? [place] : [];

/** Database, write-ahead log, logs and host keys: all of it lies below the data folder, as bytes. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
