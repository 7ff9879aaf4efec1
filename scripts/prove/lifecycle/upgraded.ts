// B3: an upgrade to another image, and to two whose OpenClaw spoils the state and dies or hangs: image, state and conversation come back.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Launch } from "@openclaw-launch/sdk";
import { command } from "../../setup/command.ts";
import { deployAssistant, nextMoment, removeAssistant, secondsSince, signUpOwner } from "../owner.ts";
import type { Product } from "../product.ts";

export type Upgraded = {
  upgradeSeconds: number;
  /** The second takes as long as an assistant is waited for. */
  rollbackSeconds: { died: number; hung: number };
  problems: string[];
};

type Image = { name: string; version: string };

/** Says that it is older than it is: OpenClaw refuses a configuration of a version that is newer than itself. */
const older = { name: "openclaw-launch/upgrade-older", version: "2026.9.1", program: "" };
const spoiling = (end: string) =>
  `CMD ["sh", "-c", "cd $OPENCLAW_STATE_DIR && echo spoiled >spoiled && echo spoiled >state/openclaw.sqlite && ${end}"]\n`;
const dying = { name: "openclaw-launch/upgrade-dying", version: "2030.1.1", program: spoiling("exit 1") };
const hanging = {
  name: "openclaw-launch/upgrade-hanging",
  version: "2030.1.2",
  program: spoiling("exec sleep 3600"),
};

export async function upgradeAndRollBack(product: Product): Promise<Upgraded> {
  const images = [older, dying, hanging];
  try {
    for (const image of images) await build(product.instanceImage, image);
    return await tryUpgrades(product);
  } finally {
    await command("docker", ["rmi", "--force", ...images.map(({ name }) => name)]);
  }
}

async function tryUpgrades(product: Product): Promise<Upgraded> {
  const current = { name: product.instanceImage, version: await versionIn(product.instanceImage) };
  await offer(product, older);
  const launch = await signUpOwner(product);
  const { id, operation } = await deployAssistant(launch);
  await operation.finished();
  const container = `${product.prefix}-${id}`;
  const inside = (...program: string[]) => command("docker", ["exec", container, ...program]);
  await inside("sh", "-c", "echo kept >.openclaw/workspace/note.md");
  const problems: string[] = [];
  const expect = (what: string, found: unknown, wanted: unknown) => {
    if (found !== wanted) problems.push(`${what}: ${String(found)} instead of ${String(wanted)}`);
  };

  async function expectState(image: Image, answers: number): Promise<void> {
    const { status, version } = await launch.api.instances.get.query({ instanceId: id });
    expect("status", status, "running");
    expect("version", version, image.version);
    const inspect = ["inspect", "--format", "{{.Config.Image}}", container];
    expect("image", await command("docker", inspect), image.name);
    expect("note in the state", await inside("cat", ".openclaw/workspace/note.md"), "kept");
    const spoiled = await inside("sh", "-c", "ls .openclaw | grep spoiled || true");
    expect("file of the broken image", spoiled, "");
    expect("answers that it remembers", await countAnswers(launch, id), answers);
  }

  await expectState(older, 1);
  const upgrade = await upgradeTo(product, launch, id, current);
  expect("upgrade", upgrade.state, "succeeded");
  await expectState(current, 1);
  await converse(launch, id, 2);

  async function fallBack(image: Image, answers: number): Promise<number> {
    const failed = await upgradeTo(product, launch, id, image);
    expect(`upgrade to ${image.name}`, failed.state, "failed");
    await expectState(current, answers);
    await converse(launch, id, answers + 1);
    return failed.seconds;
  }
  const rollbackSeconds = { died: await fallBack(dying, 2), hung: await fallBack(hanging, 3) };
  await removeAssistant(launch, id);
  return { upgradeSeconds: upgrade.seconds, rollbackSeconds, problems };
}

/** The worker comes back with the image, which its assistants are then offered. */
async function offer(product: Product, { name }: Image): Promise<void> {
  await product.kill("worker");
  await product.revive("worker", { instanceImage: name });
}

async function upgradeTo(product: Product, launch: Launch, instanceId: string, image: Image) {
  await offer(product, image);
  const look = () => launch.api.instances.get.query({ instanceId });
  while ((await look()).upgrade !== image.version) await nextMoment();
  const begun = performance.now();
  await launch.api.instances.upgrade.mutate({ instanceId, operationId: randomUUID() });
  for (;;) {
    const { operation } = await look();
    if (operation?.finishedAt) return { state: operation.state, seconds: secondsSince(begun) };
    await nextMoment();
  }
}

async function countAnswers(launch: Launch, instanceId: string): Promise<number> {
  const messages = await launch.api.instances.chat.history.query({ instanceId });
  return messages.filter(({ role }) => role === "assistant").length;
}

/** Until the assistant has given so many answers. */
async function converse(launch: Launch, instanceId: string, answers: number): Promise<void> {
  const text = "What is two and two?";
  await launch.api.instances.chat.send.mutate({ instanceId, messageId: randomUUID(), text });
  while ((await countAnswers(launch, instanceId)) < answers) await nextMoment();
}

const versionIn = (image: string) =>
  command("docker", ["inspect", "--format", '{{index .Config.Labels "org.openclaw-launch.version"}}', image]);

async function build(base: string, { name, version, program }: typeof older): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "launch-upgrade-"));
  const labels = `LABEL org.openclaw-launch=test org.openclaw-launch.version=${version}\n`;
  try {
    await writeFile(join(folder, "Dockerfile"), `FROM ${base}\n${labels}${program}`);
    await command("docker", ["build", "--quiet", "--tag", name, folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
