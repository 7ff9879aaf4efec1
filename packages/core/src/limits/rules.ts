/** How many calls of each kind one address (IPv6: one /64) or one account may make in so many seconds. */
export const limitCatalogue = {
  prelogin: { points: 60, seconds: 900 },
  login: { points: 30, seconds: 900 },
  /** Wrong or right: whoever attacks an account may block its password for a while, but not its passkeys. */
  "login.account": { points: 10, seconds: 900 },
  register: { points: 10, seconds: 3600 },
  "register.account": { points: 3, seconds: 3600 },
  reset: { points: 10, seconds: 3600 },
  "reset.account": { points: 3, seconds: 3600 },
  "mail-link": { points: 20, seconds: 3600 },
  "verification-mail": { points: 5, seconds: 3600 },
  "second-factor": { points: 30, seconds: 900 },
  /** Guesses at one account's codes, from anywhere. */
  "second-factor.account": { points: 10, seconds: 900 },
  passkey: { points: 60, seconds: 900 },
  provider: { points: 30, seconds: 900 },
  "step-up": { points: 15, seconds: 900 },
  account: { points: 60, seconds: 900 },
  deploy: { points: 30, seconds: 600 },
  command: { points: 120, seconds: 600 },
  invitation: { points: 20, seconds: 3600 },
} as const satisfies Record<string, { points: number; seconds: number }>;
export type LimitName = keyof typeof limitCatalogue;

/** Who counts as one: an IPv4 address, or the /64 that providers give to one subscriber. */
export function networkOf(ip: string): string {
  if (!ip.includes(":")) return ip;
  const [head = "", tail] = (ip.split("%")[0] ?? "").toLowerCase().split("::");
  const before = head.split(":").filter(Boolean);
  const after = tail?.split(":").filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
