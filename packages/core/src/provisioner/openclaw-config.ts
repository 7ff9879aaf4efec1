import type { AssistantConfiguration } from "../instances/schema.ts";

type Facts = {
  /** Of OpenClaw in the image. Telling it in the configuration spares the first start a migration. */
  version: string;
  configuration: AssistantConfiguration;
  gatewayToken: string;
  modelKey: string;
  modelBaseUrl: string;
  /** Origin of the instance's own host name. */
  origin: string;
  /** The host on the instance's network: its edge and its only way out. */
  hostAddress: string;
  egressPort: number;
};

const gatewayPort = 18789;

/** Host and port of the gateway of an instance with this address. */
export const gatewayAt = (address: string): string => `${address}:${gatewayPort}`;

/** `openclaw.json`: what the owner decides, inside what the platform guarantees. */
export function openClawConfig(facts: Facts): string {
  const { model, channels } = facts.configuration;
  const { telegram, discord } = channels;
  return JSON.stringify({
    meta: { lastTouchedVersion: facts.version },
    gateway: {
      mode: "local",
      bind: "lan",
      port: gatewayPort,
      auth: { mode: "token", token: facts.gatewayToken },
      controlUi: { allowedOrigins: [facts.origin] },
      trustedProxies: [facts.hostAddress],
      terminal: { enabled: false },
    },
    session: { dmScope: "per-channel-peer" },
    agents: {
      defaults: {
        model: { primary: `openrouter/${model}` },
        heartbeat: { every: "0m" },
        skipBootstrap: true,
      },
    },
    models: {
      mode: "replace",
      catalogRefresh: { enabled: false },
      providers: {
        openrouter: {
          baseUrl: facts.modelBaseUrl,
          apiKey: facts.modelKey,
          api: "openai-completions",
          models: [modelEntry(model)],
        },
      },
    },
    update: { checkOnStart: false, auto: { enabled: false } },
    telemetry: { enabled: false },
    browser: { enabled: false },
    discovery: { mdns: { mode: "off" } },
    plugins: {
      // Every plugin in the list costs time at start: Discord's alone 20 seconds.
      allow: [
        "openrouter",
        "device-pair",
        ...(telegram ? ["telegram"] : []),
        ...(discord ? ["discord"] : []),
      ],
      slots: { memory: "none" },
      ...(discord && { entries: { discord: { enabled: true } } }),
    },
    proxy: { proxyUrl: `http://${facts.hostAddress}:${facts.egressPort}` },
    channels: {
      ...(telegram && { telegram: { enabled: true, botToken: telegram.botToken, dmPolicy: "pairing" } }),
      ...(discord && { discord: { enabled: true, token: discord.token, dmPolicy: "pairing" } }),
    },
  });
}

// The provider counts the cost: prices here would only be a second, staler truth.
const modelEntry = (id: string) => ({
  id,
  name: id,
  reasoning: false,
  input: ["text"],
  contextWindow: 128_000,
  maxTokens: 4096,
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
});
