import { describe, expect, test } from "vitest";
import { allowedHosts, findAllowed } from "./allowed-hosts.ts";

const official = { OPENROUTER_BASE_URL: "https://openrouter.ai/api/v1" };
const telegram = { telegram: { botToken: "1:a" } };
const discord = { discord: { token: "d" } };
const reaches = (
  channels: Parameters<typeof allowedHosts>[0],
  host: string,
  port = 443,
  config: Parameters<typeof allowedHosts>[1] = official,
) => findAllowed(allowedHosts(channels, config), host, port) !== null;

describe("I3: allowed hosts", () => {
  test("without channels, an instance reaches its models and nothing else", () => {
    expect(allowedHosts({}, official)).toEqual([
      { host: "openrouter.ai", port: 443, tls: true, private: true },
    ]);
    expect(reaches({}, "openrouter.ai")).toBe(true);
    expect(reaches({}, "api.telegram.org")).toBe(false);
    expect(reaches({}, "discord.com")).toBe(false);
  });

  test("a channel opens its own platform only", () => {
    expect(reaches(telegram, "api.telegram.org")).toBe(true);
    expect(reaches(telegram, "discord.com")).toBe(false);
    for (const host of [
      "discord.com",
      "gateway.discord.gg",
      "gateway-us-east1-b.discord.gg",
      "cdn.discordapp.com",
      "media.discordapp.net",
    ]) {
      expect(reaches(discord, host)).toBe(true);
    }
  });

  test.each([
    "openrouter.ai.example.org",
    "xopenrouter.ai",
    "sub.openrouter.ai",
    "openrouter.ai@example.org",
    "104.18.2.115",
    "",
    "gateway-.discord.gg",
    "gateway-a.b.discord.gg",
    "gateway-x.discord.gg.example.org",
    "discord.gg",
    "169.254.169.254",
    "localhost",
    "::1",
  ])("%j is not allowed", (host) => {
    expect(reaches({ ...telegram, ...discord }, host)).toBe(false);
  });

  test("another port of an allowed host is not allowed", () => {
    expect(reaches({}, "openrouter.ai", 80)).toBe(false);
    expect(reaches({}, "openrouter.ai", 22)).toBe(false);
  });

  test("case and the dot of a full name make no difference", () => {
    expect(reaches({}, "OpenRouter.AI.")).toBe(true);
  });

  test("the operator's own address of the models is what counts, with the port of its scheme", () => {
    expect(reaches({}, "127.0.0.1", 3100, { OPENROUTER_BASE_URL: "http://127.0.0.1:3100/api/v1" })).toBe(
      true,
    );
    expect(reaches({}, "models.internal", 80, { OPENROUTER_BASE_URL: "http://models.internal/v1" })).toBe(
      true,
    );
    expect(reaches({}, "::1", 3100, { OPENROUTER_BASE_URL: "http://[::1]:3100" })).toBe(true);
    expect(reaches({}, "openrouter.ai", 443, { OPENROUTER_BASE_URL: "http://127.0.0.1:3100" })).toBe(false);
  });

  test("where instances see another name, it leads to the host that the worker uses", () => {
    const config = {
      OPENROUTER_BASE_URL: "http://127.0.0.1:3100",
      INSTANCE_OPENROUTER_BASE_URL: "http://models.test:3100",
    };
    expect(allowedHosts({}, config)).toEqual([
      { host: "models.test", port: 3100, tls: false, private: true, resolvesAs: "127.0.0.1" },
    ]);
  });
});
