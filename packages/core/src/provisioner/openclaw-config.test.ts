import { expect, test } from "vitest";
import { assistantConfiguration } from "../instances/schema.ts";
import { openClawConfig } from "./openclaw-config.ts";

const telegramToken = `123456789:${"T".repeat(35)}`;
const discordToken = "D".repeat(60);

function rendered(channels: object = {}) {
  const configuration = assistantConfiguration.parse({
    version: 1,
    name: "Ada",
    model: "openai/gpt-5-mini",
    channels,
  });
  const text = openClawConfig({
    version: "2026.9.6",
    configuration,
    gatewayToken: "5f3c6a52-7a0f-4a41-9e29-0c5a4b7b7f11",
    modelKey: "sk-or-v1-key",
    modelBaseUrl: "https://openrouter.ai/api/v1",
    origin: "https://ada.example.org",
    hostAddress: "10.213.0.1",
    egressPort: 3128,
  });
  return JSON.parse(text);
}

/** Without channels. What the platform owns stands here twice, so that none of it goes unseen. */
const whole = {
  meta: { lastTouchedVersion: "2026.9.6" },
  gateway: {
    mode: "local",
    bind: "lan",
    port: 18789,
    auth: { mode: "token", token: "5f3c6a52-7a0f-4a41-9e29-0c5a4b7b7f11" },
    controlUi: { allowedOrigins: ["https://ada.example.org"] },
    trustedProxies: ["10.213.0.1"],
    terminal: { enabled: false },
  },
  session: { dmScope: "per-channel-peer" },
  agents: {
    defaults: {
      model: { primary: "openrouter/openai/gpt-5-mini" },
      heartbeat: { every: "0m" },
      skipBootstrap: true,
    },
  },
  models: {
    mode: "replace",
    catalogRefresh: { enabled: false },
    providers: {
      openrouter: {
        baseUrl: "https://openrouter.ai/api/v1",
        apiKey: "sk-or-v1-key",
        api: "openai-completions",
        models: [
          {
            id: "openai/gpt-5-mini",
            name: "openai/gpt-5-mini",
            reasoning: false,
            input: ["text"],
            contextWindow: 128_000,
            maxTokens: 4096,
            cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
          },
        ],
      },
    },
  },
  update: { checkOnStart: false, auto: { enabled: false } },
  telemetry: { enabled: false },
  browser: { enabled: false },
  discovery: { mdns: { mode: "off" } },
  plugins: { allow: ["openrouter", "device-pair"], slots: { memory: "none" } },
  proxy: { proxyUrl: "http://10.213.0.1:3128" },
  channels: {},
};

test("A4, I3, I4: an assistant demands its own token, has one way out, separates conversations, and does nothing unasked", () => {
  expect(rendered()).toEqual(whole);
});

test("E4, I4: a channel adds its token, its plugin and that strangers must be approved, and changes nothing else", () => {
  const telegram = { enabled: true, botToken: telegramToken, dmPolicy: "pairing" };
  const discord = { enabled: true, token: discordToken, dmPolicy: "pairing" };
  const { plugins } = whole;
  expect(rendered({ telegram: { botToken: telegramToken } })).toEqual({
    ...whole,
    plugins: { ...plugins, allow: [...plugins.allow, "telegram"] },
    channels: { telegram },
  });
  const both = { telegram: { botToken: telegramToken }, discord: { token: discordToken } };
  expect(rendered(both)).toEqual({
    ...whole,
    plugins: {
      ...plugins,
      allow: [...plugins.allow, "telegram", "discord"],
      entries: { discord: { enabled: true } },
    },
    channels: { telegram, discord },
  });
});
