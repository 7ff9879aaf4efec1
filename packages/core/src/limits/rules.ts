type Limit = { points: number; seconds: number; per: "network" | "account" | "subject" };

/** How many calls of each kind one network, one account, or all callers together about one subject, may make in so many seconds. */
export const limitCatalogue = {
  prelogin: { points: 60, seconds: 900, per: "network" },
  login: { points: 30, seconds: 900, per: "network" },
  /** Wrong or right: whoever attacks an account may block its password for a while, but not its passkeys. */
  "login.account": { points: 10, seconds: 900, per: "subject" },
  register: { points: 10, seconds: 3600, per: "network" },
  "register.account": { points: 3, seconds: 3600, per: "subject" },
  reset: { points: 10, seconds: 3600, per: "network" },
  "reset.account": { points: 3, seconds: 3600, per: "subject" },
  "mail-link": { points: 20, seconds: 3600, per: "network" },
  "verification-mail": { points: 5, seconds: 3600, per: "account" },
  "second-factor": { points: 30, seconds: 900, per: "network" },
  /** Guesses at one account's codes, from anywhere. */
  "second-factor.account": { points: 10, seconds: 900, per: "subject" },
  /** However patient: six digits would be found within a year otherwise. */
  "second-factor.day": { points: 30, seconds: 86_400, per: "subject" },
  /** Apart from the app's codes, so that whoever guesses at those locks nobody out who has one of these. */
  "recovery-code.account": { points: 10, seconds: 900, per: "subject" },
  /** Events of one kind of refusal for one caller. */
  "refusal-event": { points: 1, seconds: 3600, per: "subject" },
  passkey: { points: 60, seconds: 900, per: "network" },
  provider: { points: 30, seconds: 900, per: "network" },
  "step-up": { points: 15, seconds: 900, per: "account" },
  account: { points: 60, seconds: 900, per: "account" },
  /** Ten assistants is all that anybody may have; but each try to launch a new one asks again, and what was deleted leaves a row. */
  create: { points: 30, seconds: 3600, per: "account" },
  deploy: { points: 30, seconds: 600, per: "account" },
  command: { points: 120, seconds: 600, per: "account" },
  /** Nobody types a message every two seconds for long, and each costs the model's owner money. The wait is a minute at most. */
  chat: { points: 30, seconds: 60, per: "account" },
  /** A save is two calls. At 256 KiB for each, a loop would write the disk full of revisions and events. */
  vault: { points: 120, seconds: 600, per: "account" },
  /** Each walks through an assistant's whole disk. */
  measure: { points: 30, seconds: 600, per: "account" },
  invitation: { points: 20, seconds: 3600, per: "network" },
} as const satisfies Record<string, Limit>;
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
