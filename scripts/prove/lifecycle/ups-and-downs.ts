// R2, R5: how soon an assistant that was ended from outside is seen and back, and how soon a kill takes effect in the middle of a turn.
import { randomUUID } from "node:crypto";
import type { Launch } from "@openclaw-launch/sdk";
import { command } from "../../setup/command.ts";
import { nextMoment, secondsSince } from "../owner.ts";

const statusOf = async (launch: Launch, instanceId: string) =>
  (await launch.api.instances.get.query({ instanceId })).status;

async function secondsUntil(isSo: () => Promise<boolean>): Promise<number> {
  const begun = performance.now();
  while (!(await isSo())) await nextMoment();
  return secondsSince(begun);
}

/** The container is killed behind the platform's back. */
export async function killBehindBack(
  launch: Launch,
  prefix: string,
  id: string,
): Promise<{ noticed: number; back: number }> {
  await command("docker", ["kill", `${prefix}-${id}`]);
  const noticed = await secondsUntil(async () => (await statusOf(launch, id)) !== "running");
  const back = await secondsUntil(async () => (await statusOf(launch, id)) === "running");
  return { noticed, back };
}

/** The owner's kill, while the assistant is busy with a message. Returns the seconds until its container is gone or ended. */
export async function killInTurn(launch: Launch, prefix: string, id: string): Promise<number> {
  const text = "Count slowly to one thousand, and explain each number.";
  await launch.api.instances.chat.send.mutate({ instanceId: id, messageId: randomUUID(), text });
  const begun = performance.now();
  await launch.api.instances.kill.mutate({ instanceId: id, operationId: randomUUID() });
  const inspect = ["inspect", "--format", "{{.State.Running}}", `${prefix}-${id}`];
  while ((await command("docker", inspect).catch(() => "false")) === "true") await nextMoment();
  return secondsSince(begun);
}
