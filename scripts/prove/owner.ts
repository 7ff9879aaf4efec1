import { randomUUID } from "node:crypto";
import { createLaunch, type Launch } from "@openclaw-launch/sdk";

type OperationView = Awaited<ReturnType<Launch["api"]["instances"]["get"]["query"]>>["operation"];
export type Phases = NonNullable<OperationView>["phases"];

const model = "openai/gpt-5-mini";

/** Somebody with an account of their own, as the client library sees it. */
export async function signUpOwner({ webUrl }: { webUrl: string }): Promise<Launch> {
  const launch = createLaunch({ url: webUrl });
  await launch.signUp({ email: `${randomUUID()}@example.org`, password: `correct horse ${randomUUID()}` });
  return launch;
}

type Channels = { telegram?: { botToken: string } };

/** A new assistant on its way. */
export async function deployAssistant(launch: Launch, name = "Ada", channels: Channels = {}) {
  const { id } = await launch.api.instances.create.mutate({ id: randomUUID(), name, model, channels: [] });
  const configuration = { version: 1 as const, name, model, personality: "", channels };
  const { operation } = await launch.instances.deploy({ instanceId: id, configuration });
  return { id, operation };
}

export async function removeAssistant(launch: Launch, instanceId: string): Promise<void> {
  await launch.api.instances.remove.mutate({ instanceId, operationId: randomUUID() });
  while ((await launch.api.instances.list.query({})).items.some(({ id }) => id === instanceId))
    await nextMoment();
}

/** Polling for an outcome, never a wait in its place. */
export const nextMoment = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Seconds of each phase. */
export const secondsOf = (phases: Phases): Record<string, number> =>
  Object.fromEntries(
    phases.map(({ name, startedAt, finishedAt }) => [
      name,
      round(((finishedAt ?? startedAt).getTime() - startedAt.getTime()) / 1000),
    ]),
  );

export const secondsSince = (begun: number): number => round((performance.now() - begun) / 1000);
export const round = (value: number): number => Math.round(value * 100) / 100;
export const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ??
  Number.NaN;
