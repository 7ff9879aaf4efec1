import { isIP } from "node:net";
import type { WorkerConfig } from "../config.ts";
import type { AssistantConfiguration } from "../instances/schema.ts";

/** A destination that an instance may connect to. `*` in a host stands for letters, digits and hyphens. */
export type AllowedHost = {
  host: string;
  port: number;
  /** Whoever speaks to it does so through TLS, and names it there. */
  tls: boolean;
  /** The operator named it: it may be an address, and it may lie in a private network. */
  private: boolean;
  /** Host to connect to instead, where instances see another name than the worker. */
  resolvesAs?: string;
};

type ModelConfig = Pick<WorkerConfig, "OPENROUTER_BASE_URL" | "INSTANCE_OPENROUTER_BASE_URL">;

const https = (host: string): AllowedHost => ({ host, port: 443, tls: true, private: false });
const ofChannel = {
  telegram: ["api.telegram.org"].map(https),
  discord: [
    "discord.com",
    "gateway.discord.gg",
    "gateway-*.discord.gg",
    "cdn.discordapp.com",
    "media.discordapp.net",
  ].map(https),
} as const;

/** Everything that an instance needs to reach (I3): its models, and the platforms of the channels that it has. */
export function allowedHosts(
  channels: AssistantConfiguration["channels"],
  config: ModelConfig,
): AllowedHost[] {
  return [
    modelHost(config),
    ...(channels.telegram ? ofChannel.telegram : []),
    ...(channels.discord ? ofChannel.discord : []),
  ];
}

function modelHost({
  OPENROUTER_BASE_URL,
  INSTANCE_OPENROUTER_BASE_URL = OPENROUTER_BASE_URL,
}: ModelConfig): AllowedHost {
  const seen = new URL(INSTANCE_OPENROUTER_BASE_URL);
  const real = new URL(OPENROUTER_BASE_URL);
  return {
    host: withoutBrackets(seen.hostname),
    port: Number(seen.port || (seen.protocol === "https:" ? 443 : 80)),
    // An address is named by nobody.
    tls: seen.protocol === "https:" && isIP(withoutBrackets(seen.hostname)) === 0,
    private: true,
    ...(seen.hostname !== real.hostname && { resolvesAs: withoutBrackets(real.hostname) }),
  };
}

/** URLs write IPv6 addresses in brackets; connections don't. */
export const withoutBrackets = (host: string) => host.replace(/^\[|\]$/g, "");

/** Names compare without regard to case and to the dot at the end. */
export const comparable = (host: string) => host.toLowerCase().replace(/\.$/, "");

/** An address matches only where the operator wrote that address. */
export function findAllowed(allowed: readonly AllowedHost[], host: string, port: number): AllowedHost | null {
  const name = comparable(host);
  return allowed.find((entry) => entry.port === port && matches(entry.host, name)) ?? null;
}

function matches(pattern: string, name: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return name === pattern;
  return (
    name.startsWith(start) && name.endsWith(end) && /^[a-z0-9-]+$/.test(name.slice(start.length, -end.length))
  );
}
