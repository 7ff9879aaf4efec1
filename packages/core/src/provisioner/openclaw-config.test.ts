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

test("I4: conversations are separated per person and channel in every configuration", () => {
  for (const channels of [
    {},
    { telegram: { botToken: telegramToken } },
    { discord: { token: discordToken } },
  ]) {
    expect(rendered(channels).session).toEqual({ dmScope: "per-channel-peer" });
  }
});

test("A4: the gateway demands the instance's own token, and trusts only its host as a proxy", () => {
  const { gateway } = rendered();
  expect(gateway.auth).toEqual({ mode: "token", token: "5f3c6a52-7a0f-4a41-9e29-0c5a4b7b7f11" });
  expect(gateway.trustedProxies).toEqual(["10.213.0.1"]);
  expect(gateway.controlUi.allowedOrigins).toEqual(["https://ada.example.org"]);
});

test("I3: the only way out is the host's egress proxy", () => {
  expect(rendered().proxy).toEqual({ proxyUrl: "http://10.213.0.1:3128" });
});

test("E4: a channel's token is there when the owner uses the channel, and strangers must be approved", () => {
  const { channels, plugins } = rendered({
    telegram: { botToken: telegramToken },
    discord: { token: discordToken },
  });
  expect(channels.telegram).toEqual({ enabled: true, botToken: telegramToken, dmPolicy: "pairing" });
  expect(channels.discord).toEqual({ enabled: true, token: discordToken, dmPolicy: "pairing" });
  expect(plugins.allow).toEqual(["openrouter", "device-pair", "telegram", "discord"]);
  expect(rendered().channels).toEqual({});
  expect(rendered().plugins.allow).toEqual(["openrouter", "device-pair"]);
});
