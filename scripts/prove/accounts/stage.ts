// What every attack on accounts works with: the running product, its database and stand-ins, and people of their own.
import { createHash } from "node:crypto";
import type { openDatabase } from "@openclaw-launch/core/adapters/database";
import { codeOf, readSecret, stepOf } from "@openclaw-launch/core/auth/totp";
import type { LimitName } from "@openclaw-launch/core/limits/rules";
import type { Product } from "../product.ts";
import { type Answer, accepted, type NewAccount, newAccount, Visitor } from "../visitor.ts";
import type { Providers } from "./providers.ts";

export type Stage = {
  product: Product;
  db: ReturnType<typeof openDatabase>;
  providers: Providers;
  figures: Record<string, unknown>;
  failures: string[];
};

export function expectThat(stage: Stage, holds: boolean, otherwise: string): void {
  if (!holds) stage.failures.push(otherwise);
}

/** How often each answer came. */
export function countOf(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of answers) {
    const name = code ?? String(status);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

let people = 0;
/** Somebody from a network of their own. */
export function visitorOf({ product }: Stage): Visitor {
  people++;
  return new Visitor(product.webUrl, `10.${people >> 16}.${(people >> 8) & 255}.${people & 255}`);
}

export const loginOf = ({ email, authKey }: NewAccount) => ({ email, authKey });

/** Somebody with an account, signed in. */
export async function registered(stage: Stage): Promise<{ account: NewAccount; visitor: Visitor }> {
  const account = newAccount();
  const visitor = visitorOf(stage);
  await accepted(visitor.mutate("auth.register", account));
  await accepted(visitor.mutate("auth.login", loginOf(account)));
  return { account, visitor };
}

/** An account with an authenticator app, and a code of it that has not been used. */
export async function withTotp(
  stage: Stage,
): Promise<{ account: NewAccount; visitor: Visitor; unused: string }> {
  const { account, visitor } = await registered(stage);
  const { data } = await accepted(visitor.mutate("auth.totp.begin", {}));
  const secret = readSecret((data as { secret: string }).secret);
  const step = stepOf(new Date());
  await accepted(visitor.mutate("auth.totp.confirm", { code: await codeOf(secret, step) }));
  // The next code is accepted a step early.
  return { account, visitor, unused: await codeOf(secret, step + 1) };
}

/** Signed in by the password, from another network: half when the account has a second factor. */
export async function signedIn(stage: Stage, account: NewAccount): Promise<Visitor> {
  const visitor = visitorOf(stage);
  await accepted(visitor.mutate("auth.login", loginOf(account)));
  return visitor;
}

/** So many calls more than the limit has, for whoever is counted under `subject`. */
export async function grantCalls(
  { db }: Stage,
  name: LimitName,
  subject: string,
  calls: number,
): Promise<void> {
  const key = `${name}|${createHash("sha256").update(subject).digest("base64url")}`;
  const counter = { points: -calls, expire: new Date(Date.now() + 600_000) };
  await db.rateLimit.upsert({ where: { key }, create: { key, ...counter }, update: counter });
}
