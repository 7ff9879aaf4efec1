import { createHash } from "node:crypto";
import type { WorkerConfig } from "../config.ts";
import type { InstancePlan } from "../generated/prisma/enums.ts";
import { limitsOf } from "../instances/plans.ts";
import type { AssistantConfiguration } from "../instances/schema.ts";
import type { InstanceNetwork, InstanceSpec } from "../ports.ts";
import type { InstanceImage } from "../provisioner/choose-image.ts";
import { instanceFiles } from "../provisioner/instance-files.ts";
import { buildSpec } from "../provisioner/spec.ts";

/** What members run with: another model takes a running gateway longer than it saves. */
const neutral: AssistantConfiguration = {
  version: 1,
  name: "Assistant",
  model: "openai/gpt-5-mini",
  personality: "",
  channels: {},
};
/** Of the form that OpenClaw expects; nobody has it. */
const noModelKey = `sk-or-v1-${"0".repeat(64)}`;
/** Of the first deploy, so that a claimed member is what a deploy would have made. */
const memberGeneration = 1;

type Kind = { config: WorkerConfig; image: InstanceImage; plan: InstancePlan };
type Own = { id: string; network: InstanceNetwork; gatewayToken: string };

export function memberSpec({ config, image, plan }: Kind, { id, network, gatewayToken }: Own): InstanceSpec {
  return buildSpec({
    instanceId: id,
    generation: memberGeneration,
    image: image.reference,
    files: instanceFiles({
      instance: { slug: "pool" },
      version: image.version,
      sealed: { configuration: neutral, gatewayToken },
      modelKey: noModelKey,
      network,
      config,
    }),
    limits: limitsOf(plan, config),
  });
}

/** Changes with everything that decides what a member is, but for what is each one's own. */
export function fingerprintOf(kind: Kind): string {
  const spec = memberSpec(kind, { id: "", network: { gateway: "", address: "" }, gatewayToken: "" });
  return createHash("sha256").update(JSON.stringify(spec)).digest("hex");
}

/** Discord's plugin is loaded at a start only, which is what would be saved. */
export const mayClaim = ({ model, channels }: AssistantConfiguration): boolean =>
  model === neutral.model && !channels.discord;

export const wantedMembers = (config: WorkerConfig): Record<InstancePlan, number> => ({
  lite: config.WARM_POOL_LITE,
  pro: config.WARM_POOL_PRO,
});

/** Younger than the daily things of an assistant, and what a long life leaves behind. */
const longestLifeMs = 12 * 3_600_000;

export const isTooOld = (createdAt: Date, now: Date): boolean =>
  now.getTime() - createdAt.getTime() > longestLifeMs;
