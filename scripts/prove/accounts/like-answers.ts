// Whether an address has an account must not show: not in the body, not in the headers, not in the time.

import { randomUUID } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { nextMoment, percentile, round } from "../owner.ts";
import { type Answer, newAccount, newKey, type Visitor } from "../visitor.ts";
import { expectThat, registered, type Stage, visitorOf } from "./stage.ts";

const runs = 200;
const warmUp = 10;
const allowedDifference = 0.1;

type Call = (visitor: Visitor, email: string) => Promise<Answer>;
type Which = "known" | "unknown";

const calls: Record<string, Call> = {
  prelogin: (visitor, email) => visitor.query("auth.prelogin", { email }),
  login: (visitor, email) => visitor.mutate("auth.login", { email, authKey: newKey() }),
  register: (visitor, email) => visitor.mutate("auth.register", newAccount(email)),
  reset: (visitor, email) => visitor.mutate("auth.password.requestReset", { email }),
};

export async function likeAnswers(stage: Stage): Promise<void> {
  const found: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(calls)) {
    const { times, looks, connections } = await compare(stage, call);
    const medians = { known: percentile(times.known, 0.5), unknown: percentile(times.unknown, 0.5) };
    const difference = Math.abs(medians.known - medians.unknown) / Math.min(medians.known, medians.unknown);
    const shapes = { known: shapeOf(looks.known), unknown: shapeOf(looks.unknown) };
    const alike = shapes.known === shapes.unknown;
    found[name] = {
      knownMs: round(medians.known),
      unknownMs: round(medians.unknown),
      difference: round(difference),
      /** Between the two of a pair: less moved by what else the machine does. */
      pairedMs: round(
        percentile(
          times.known.map((took, n) => took - (times.unknown[n] ?? 0)),
          0.5,
        ),
      ),
      alike,
      connections,
    };
    expectThat(
      stage,
      times.known.length === runs && times.unknown.length === runs && difference < allowedDifference,
      `${name} takes ${round(difference * 100)} % longer for one of the two`,
    );
    expectThat(stage, alike, `${name} looks different: ${shapes.known} and ${shapes.unknown}`);
  }
  const steady = await steadySalts(stage);
  stage.figures["enumeration"] = { runs, allowedDifference, ...found, steadySalts: steady };
}

const shapeOf = (looks: ReadonlySet<string>) => [...looks].sort().join("\n");

/** Pairs of both, in an order that chance decides, each from a quiet server over a connection that is open. */
async function compare(stage: Stage, call: Call) {
  const known = await manyAccounts(stage, warmUp + runs);
  const times: Record<Which, number[]> = { known: [], unknown: [] };
  const looks: Record<Which, Set<string>> = { known: new Set(), unknown: new Set() };
  let connections = 0;
  const count = () => void connections++;
  subscribe("undici:client:connected", count);
  for (const [n, email] of known.entries()) {
    const pair: [Which, string][] = [
      ["known", email],
      ["unknown", `${randomUUID()}@example.org`],
    ];
    for (const [which, address] of Math.random() < 0.5 ? pair : pair.toReversed()) {
      const visitor = visitorOf(stage);
      await quiet(stage);
      const begun = performance.now();
      const answer = await call(visitor, address);
      const took = performance.now() - begun;
      if (n < warmUp) continue;
      times[which].push(took);
      looks[which].add(lookOf(answer));
    }
  }
  unsubscribe("undici:client:connected", count);
  return { times, looks, connections };
}

/** What an answer left to be done, above all mails, must slow down neither itself nor the next one. */
async function quiet({ db }: Stage): Promise<void> {
  for (;;) {
    const [left] = await db.$queryRaw<{ jobs: bigint }[]>`
      SELECT count(*) AS jobs FROM pgboss.job
      WHERE state < 'completed' AND name IN ('mail', 'reset-requested')`;
    if (left?.jobs === 0n) return;
    await nextMoment();
  }
}

/** What of an answer could tell: all but what differs between any two. */
function lookOf({ status, text, headers }: Answer): string {
  const shape = text
    .replace(/[A-Za-z0-9_-]{22,43}(?=")/g, (secret) => `<${secret.length}>`)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
  const lines = [...headers]
    .filter(([name]) => name !== "date")
    .map(([name, value]) => `${name}: ${value.replace(/'nonce-[^']*'/g, "<nonce>")}`);
  return [status, shape, ...lines.sort()].join(" ");
}

/** Accounts like one that somebody opened, with its password. */
async function manyAccounts(stage: Stage, count: number): Promise<string[]> {
  const { db } = stage;
  const { account } = await registered(stage);
  const { passwordHash, kdf } = await db.user.findUniqueOrThrow({ where: { id: account.userId } });
  const emails = Array.from({ length: count }, () => `${randomUUID()}@example.org`);
  await db.user.createMany({
    data: emails.map((email) => ({
      id: randomUUID(),
      email,
      passwordHash,
      kdf: kdf ?? {},
      createdAt: new Date(),
    })),
  });
  return emails;
}

/** Asked again, or written otherwise, an address must have the salt that it had, whether it has an account or not. */
async function steadySalts(stage: Stage): Promise<boolean> {
  const [known = ""] = await manyAccounts(stage, 1);
  const unknown = `${randomUUID()}@example.org`;
  let isSteady = true;
  for (const email of [known, unknown]) {
    const salts = new Set<string>();
    for (const written of [email, email, email.toUpperCase(), ` ${email} `])
      salts.add((await visitorOf(stage).query("auth.prelogin", { email: written })).text);
    expectThat(stage, salts.size === 1, "an address has another salt when it is asked for again");
    isSteady &&= salts.size === 1;
  }
  return isSteady;
}
