import type { WorkerConfig } from "../config.ts";
import type { AssistantConfiguration } from "../instances/schema.ts";
import type { InstanceFile, InstanceNetwork } from "../ports.ts";
import { openClawConfig } from "./openclaw-config.ts";
import type { SealedInstance } from "./sealed-instance.ts";

/** Where the instance's own pages are. Browsers send every name below `localhost` to their own machine. */
export const instanceOrigin = (
  slug: string,
  { BOTS_DOMAIN, EDGE_PORT }: Pick<WorkerConfig, "BOTS_DOMAIN" | "EDGE_PORT">,
): string =>
  BOTS_DOMAIN === "localhost" ? `http://${slug}.localhost:${EDGE_PORT}` : `https://${slug}.${BOTS_DOMAIN}`;

type Facts = {
  instance: { slug: string };
  /** Of OpenClaw. */
  version: string;
  sealed: Pick<SealedInstance, "configuration" | "gatewayToken">;
  modelKey: string;
  network: InstanceNetwork;
  config: WorkerConfig;
};

/** Everything that the platform writes into an instance's state folder. */
export function instanceFiles({
  instance,
  version,
  sealed,
  modelKey,
  network,
  config,
}: Facts): InstanceFile[] {
  const { configuration, gatewayToken } = sealed;
  const openclawJson = openClawConfig({
    version,
    configuration,
    gatewayToken,
    modelKey,
    modelBaseUrl: config.INSTANCE_OPENROUTER_BASE_URL ?? config.OPENROUTER_BASE_URL,
    origin: instanceOrigin(instance.slug, config),
    hostAddress: network.gateway,
    egressPort: config.EGRESS_PORT,
  });
  return [
    { path: "openclaw.json", mode: 0o600, content: openclawJson },
    { path: "workspace/IDENTITY.md", mode: 0o600, content: `# Identity\n\n- Name: ${configuration.name}\n` },
    { path: "workspace/SOUL.md", mode: 0o600, content: soulOf(configuration) },
  ];
}

function soulOf({ name, personality }: AssistantConfiguration): string {
  const character = personality || "Warm, clear and brief. Say so when you are not sure.";
  return `# Who you are\n\nYou are ${name}, a personal assistant.\n\n${character}\n`;
}
