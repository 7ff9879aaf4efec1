// Attacks on accounts, over HTTP on the real product with its real limits: replays, guesses, stolen rows, fixed sessions, made-up
// addresses; and how alike answers are for known and unknown addresses, and what a flood of logins does to other pages.
import { randomUUID } from "node:crypto";
import { openDatabase } from "@openclaw-launch/core/adapters/database";
import { codeOf, stepOf } from "@openclaw-launch/core/auth/totp";
import { base32 } from "oslo/encoding";
import type { Proof } from "../prove.ts";
import { nextMoment, percentile, round } from "./owner.ts";
import { type Product, tryProduct } from "./product.ts";
import { type Answer, type NewAccount, newAccount, newKey, Visitor } from "./visitor.ts";

type Database = ReturnType<typeof openDatabase>;
type Stage = { product: Product; db: Database; figures: Record<string, unknown>; failures: string[] };

const runs = 200;
const allowedDifference = 0.1;
const allowedSlowdown = 3;
const revocationSeconds = 5;

export async function prove(): Promise<Proof> {
  // One proxy in front, which is us: so everybody comes from an address of their own.
  const environment = { TRUSTED_PROXIES: "1", RATE_LIMIT_FACTOR: "1" };
  return tryProduct(async (product) => {
    const db = openDatabase({ DATABASE_URL: product.databaseUrl, DATABASE_POOL_SIZE: 4 });
    const stage: Stage = { product, db, figures: {}, failures: [] };
    for (const attack of [
      replayedCodes,
      guessedCodes,
      madeUpAddresses,
      fixedSession,
      stolenRow,
      revokedStream,
      likeAnswers,
      floodOfLogins,
    ]) {
      await attack(stage);
      console.log(`  ${attack.name}`);
    }
    await db.$disconnect();
    return { figures: stage.figures, failures: stage.failures };
  }, environment);
}

let people = 0;
/** Somebody from a network of their own. */
function visitorOf({ product }: Stage): Visitor {
  people++;
  return new Visitor(product.webUrl, `10.${people >> 16}.${(people >> 8) & 255}.${people & 255}`);
}

async function registered(stage: Stage): Promise<{ account: NewAccount; visitor: Visitor }> {
  const account = newAccount();
  const visitor = visitorOf(stage);
  await accepted(visitor.mutate("auth.register", account));
  if (!visitor.jar.has("__Host-session")) await accepted(visitor.mutate("auth.login", loginOf(account)));
  return { account, visitor };
}

const loginOf = ({ email, authKey }: NewAccount) => ({ email, authKey });

async function accepted(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  if (answer.status !== 200) throw new Error(`refused with ${answer.status} ${answer.code}`);
  return answer;
}

function expectThat(stage: Stage, holds: boolean, otherwise: string): void {
  if (!holds) stage.failures.push(otherwise);
}

async function withTotp(stage: Stage) {
  const { account, visitor } = await registered(stage);
  const { data } = await accepted(visitor.mutate("auth.totp.begin", {}));
  const secret = base32.decode((data as { secret: string }).secret);
  const step = stepOf(new Date());
  await accepted(visitor.mutate("auth.totp.confirm", { code: await codeOf(secret, step) }));
  // The next code is accepted a step early, and has not been used.
  return { account, secret, unused: await codeOf(secret, step + 1) };
}

async function halfSignedIn(stage: Stage, account: NewAccount): Promise<Visitor> {
  const visitor = visitorOf(stage);
  await accepted(visitor.mutate("auth.login", loginOf(account)));
  return visitor;
}

const withCode = (visitor: Visitor, code: string) =>
  visitor.mutate("auth.verifyTotp", { proof: { kind: "totp", code } });

/** One code, twenty times at the same moment. The account's own limit must not be what saves it: half of them come through it. */
async function replayedCodes(stage: Stage): Promise<void> {
  const { account, unused } = await withTotp(stage);
  await stage.db.rateLimit.deleteMany({});
  const halves: Visitor[] = [];
  for (let n = 0; n < 20; n++) {
    if (n % 8 === 0) await stage.db.rateLimit.deleteMany({});
    halves.push(await halfSignedIn(stage, account));
  }
  await stage.db.rateLimit.deleteMany({});
  const answers = await Promise.all(halves.map((visitor) => withCode(visitor, unused)));
  const successes = answers.filter(({ status }) => status === 200).length;
  stage.figures["totpReplay"] = { atOnce: answers.length, successes };
  expectThat(stage, successes === 1, `${successes} of 20 uses of one code were accepted`);
}

async function guessedCodes(stage: Stage): Promise<void> {
  const { account } = await withTotp(stage);
  await stage.db.rateLimit.deleteMany({});
  const visitors = await Promise.all(Array.from({ length: 8 }, () => halfSignedIn(stage, account)));
  let tried = 0;
  let looked = 0;
  for (let guess = 0; guess < 200; guess++) {
    const visitor = visitors[guess % visitors.length];
    if (!visitor) continue;
    const { code } = await withCode(visitor, String(guess).padStart(6, "0"));
    tried++;
    if (code === "auth.wrong-code") looked++;
  }
  stage.figures["totpGuesses"] = { tried, looked };
  expectThat(stage, looked <= 10, `${looked} guesses at one account's code were looked at`);
}

async function madeUpAddresses(stage: Stage): Promise<void> {
  const through = async (address: (n: number) => string) => {
    let passed = 0;
    for (let n = 0; n < 100; n++) {
      const visitor = new Visitor(stage.product.webUrl, address(n));
      const { status } = await visitor.query("auth.prelogin", { email: "ada@example.org" });
      passed += status === 200 ? 1 : 0;
    }
    return passed;
  };
  const forwarded = await through((n) => `198.51.100.${n}, 203.0.113.9`);
  const ipv6 = await through((n) => `2001:db8:77:1::${n + 1}`);
  const separate = await through((n) => `2001:db8:78:${n + 1}::1`);
  stage.figures["limiter"] = {
    calls: 100,
    throughMadeUpForwarded: forwarded,
    throughOneIpv6Network: ipv6,
    separate,
  };
  expectThat(stage, forwarded === 60, `${forwarded} calls with made-up addresses passed instead of 60`);
  expectThat(stage, ipv6 === 60, `${ipv6} calls of one IPv6 network passed instead of 60`);
  expectThat(stage, separate === 100, `${separate} calls of separate networks passed instead of 100`);
}

/** A cookie that was planted before the sign-in must not be the one after it. */
async function fixedSession(stage: Stage): Promise<void> {
  const { account, visitor: attacker } = await registered(stage);
  const planted = attacker.jar.get("__Host-session") ?? "";
  const victim = visitorOf(stage);
  for (const value of [planted, "a".repeat(43)]) {
    victim.jar.set("__Host-session", value);
    await accepted(victim.mutate("auth.login", loginOf(account)));
    expectThat(stage, victim.jar.get("__Host-session") !== value, "a planted session survived the sign-in");
  }
  const { status } = await attacker.query("auth.me");
  expectThat(stage, status === 401, `the planted session still answers with ${status}`);
  stage.figures["sessionFixation"] = { planted: 2, survived: 0, afterwards: status };
}

async function stolenRow(stage: Stage): Promise<void> {
  const { account } = await registered(stage);
  const row = await stage.db.session.findFirstOrThrow({ where: { userId: account.userId } });
  const statuses = [];
  for (const stolen of [row.id, row.secretHash]) {
    const thief = visitorOf(stage);
    thief.jar.set("__Host-session", stolen);
    statuses.push((await thief.query("auth.me")).status);
  }
  stage.figures["stolenRow"] = { statuses };
  expectThat(
    stage,
    statuses.every((status) => status === 401),
    `a stolen row answers with ${statuses.join(" ")}`,
  );
}

async function revokedStream(stage: Stage): Promise<void> {
  const seconds: number[] = [];
  for (let n = 0; n < 5; n++) {
    const { account, visitor } = await registered(stage);
    const other = await halfSignedIn(stage, account);
    const input = encodeURIComponent(JSON.stringify({ json: {} }));
    const stream = other.request(`/api/trpc/instances.changes?input=${input}`);
    await nextMoment();
    const begun = performance.now();
    await accepted(visitor.mutate("auth.sessions.revoke", { sessionId: null }));
    const { text } = await stream;
    seconds.push(round((performance.now() - begun) / 1000));
    expectThat(stage, text.includes("auth.required"), "a revoked stream ended without saying why");
  }
  const slowest = Math.max(...seconds);
  stage.figures["revocation"] = {
    streams: seconds.length,
    slowestSeconds: slowest,
    allowedSeconds: revocationSeconds,
  };
  expectThat(stage, slowest <= revocationSeconds, `a revoked stream lived for ${slowest} s`);
}

/** Body, headers and median time for known and unknown addresses, turn and turn about. */
async function likeAnswers(stage: Stage): Promise<void> {
  const known = await manyAccounts(stage, runs);
  const calls: Record<string, (visitor: Visitor, email: string) => Promise<Answer>> = {
    prelogin: (visitor, email) => visitor.query("auth.prelogin", { email }),
    login: (visitor, email) => visitor.mutate("auth.login", { email, authKey: newKey() }),
    register: (visitor, email) => visitor.mutate("auth.register", newAccount(email)),
    reset: (visitor, email) => visitor.mutate("auth.password.requestReset", { email }),
  };
  const found: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(calls)) {
    const times: { known: number[]; unknown: number[] } = { known: [], unknown: [] };
    const looks: { known: Set<string>; unknown: Set<string> } = { known: new Set(), unknown: new Set() };
    for (let n = 0; n < runs * 2; n++) {
      const which = n % 2 === 0 ? "known" : "unknown";
      const email = which === "known" ? (known[n >> 1] ?? "") : `${randomUUID()}@example.org`;
      const visitor = visitorOf(stage);
      const begun = performance.now();
      const answer = await call(visitor, email);
      times[which].push(performance.now() - begun);
      looks[which].add(lookOf(answer));
    }
    const medians = { known: percentile(times.known, 0.5), unknown: percentile(times.unknown, 0.5) };
    const difference = round(
      Math.abs(medians.known - medians.unknown) / Math.max(medians.known, medians.unknown),
    );
    const alike = [...looks.known].join() === [...looks.unknown].join();
    found[name] = { knownMs: round(medians.known), unknownMs: round(medians.unknown), difference, alike };
    expectThat(
      stage,
      difference < allowedDifference,
      `${name} takes ${difference * 100} % longer for one of the two`,
    );
    expectThat(
      stage,
      alike,
      `${name} looks different: ${[...looks.known].join(" ")} and ${[...looks.unknown].join(" ")}`,
    );
  }
  stage.figures["enumeration"] = { runs, allowedDifference, ...found };
}

/** What of an answer could tell: all but what differs between any two. */
function lookOf({ status, text, headers }: Answer): string {
  const shape = text
    .replace(/[A-Za-z0-9_-]{22,43}(?=")/g, "…")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…");
  const names = [...headers.keys()].filter((name) => name !== "date").sort();
  return `${status} ${shape} ${names.join(" ")}`;
}

async function manyAccounts({ db }: Stage, count: number): Promise<string[]> {
  const { passwordHash, kdf } = await db.user.findFirstOrThrow({ where: { passwordHash: { not: null } } });
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

/** 200 logins at once, and what another page takes meanwhile. */
async function floodOfLogins(stage: Stage): Promise<void> {
  const page = async () => {
    const begun = performance.now();
    await visitorOf(stage).request("/sign-in");
    return performance.now() - begun;
  };
  const idle: number[] = [];
  for (let n = 0; n < 100; n++) idle.push(await page());
  const flood = Array.from({ length: 200 }, () =>
    visitorOf(stage).mutate("auth.login", { email: `${randomUUID()}@example.org`, authKey: newKey() }),
  );
  let over = false;
  const answers = Promise.all(flood).finally(() => {
    over = true;
  });
  const busy: number[] = [];
  while (!over) busy.push(await page());
  const statuses = (await answers).map(({ status }) => status);
  const [p95Idle, p95Busy] = [percentile(idle, 0.95), percentile(busy, 0.95)];
  const slowdown = round(p95Busy / p95Idle);
  stage.figures["flood"] = {
    logins: statuses.length,
    refused: statuses.filter((status) => status === 503).length,
    pages: busy.length,
    p95IdleMs: round(p95Idle),
    p95BusyMs: round(p95Busy),
    slowdown,
    allowedSlowdown,
  };
  expectThat(
    stage,
    slowdown <= allowedSlowdown,
    `a page takes ${slowdown} times as long during a flood of logins`,
  );
}
