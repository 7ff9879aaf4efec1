// Everybody who may not call a procedure, and an owner whose things they are after.
import { randomBytes, randomUUID } from "node:crypto";
import type { openDatabase } from "@openclaw-launch/core/adapters/database";
import type { Access, Subject } from "@openclaw-launch/core/testing/access-matrix";
import { allProcedures, type Listed } from "@openclaw-launch/core/testing/procedures";
import type { Product } from "../product.ts";
import { accepted, newAccount, Visitor } from "../visitor.ts";
import { ask, type Headers } from "./ask.ts";

export type Database = ReturnType<typeof openDatabase>;
/** Whoever asks, what of, and with which answer they must be turned away; null where they may call. */
export type Case = {
  name: string;
  router: Listed["router"];
  headers: Headers;
  refusal: (access: Access) => string | null;
};
/** Another tenant, with an instance and a configuration of their own. */
export type Stranger = { headers: Headers; instanceId: string; configId: string };
export type People = { subject: Subject; cases: Case[]; stranger: Stranger };

type Audience = Access["audience"];
const always = (code: string) => () => code;
const unless =
  (code: string, ...audiences: Audience[]) =>
  ({ audience }: Access) =>
    audiences.includes(audience) ? null : code;
const only =
  (code: string, ...audiences: Audience[]) =>
  ({ audience }: Access) =>
    audiences.includes(audience) ? code : null;

const required = unless("auth.required", "public");

/** The times of use are set ahead, so that being seen writes nothing. */
const later = new Date(Date.now() + 3_600_000);
const dayMs = 86_400_000;

type Session = { sessionId: string; userId: string; headers: Headers };

export async function meetPeople(product: Product, db: Database): Promise<People> {
  const world = await populate(product, db);
  const { members, operators, tokens } = world;
  // What is refused later is nothing that never worked.
  for (const { headers } of [...Object.values(members), ...Object.values(tokens)])
    await requireWorking(product, "app", "auth.me", headers);
  for (const { headers } of Object.values(operators))
    await requireWorking(product, "admin", "overview", headers);
  await takeAway(db, world);
  const { secretHash } = await db.session.findUniqueOrThrow({ where: { id: members.owner.sessionId } });
  return {
    subject: world.subject,
    cases: casesOf(world, secretHash),
    stranger: { ...world.strangers, headers: members.stranger.headers },
  };
}

type World = Awaited<ReturnType<typeof populate>>;

async function populate(product: Product, db: Database) {
  const one = () => member(product, db);
  const operator = async () => makeOperator(product, db, await one());
  const [owner, stranger] = [await one(), await one()];
  const members = {
    owner,
    stranger,
    revoked: await one(),
    expired: await one(),
    idle: await one(),
    half: await one(),
    unproven: await one(),
  };
  const operators = {
    operator: await operator(),
    revoked: await operator(),
    expired: await operator(),
    half: await operator(),
    demoted: await operator(),
  };
  const tokens = {
    read: await tokenOf(db, owner, "read"),
    operate: await tokenOf(db, owner, "operate"),
    manage: await tokenOf(db, owner, "manage"),
    expired: await tokenOf(db, owner, "manage"),
    revoked: await tokenOf(db, owner, "manage"),
  };
  return {
    members,
    operators,
    tokens,
    subject: await belongings(db, owner),
    strangers: await belongings(db, stranger),
  };
}

async function takeAway(db: Database, { members, operators, tokens }: World): Promise<void> {
  const change = ({ sessionId }: Session, data: object) =>
    db.session.update({ where: { id: sessionId }, data });
  await change(members.expired, { expiresAt: new Date(0) });
  await change(members.idle, { usedAt: new Date(Date.now() - 2 * dayMs) });
  await change(members.half, { stage: "half" });
  await change(members.unproven, { provenAt: new Date(0) });
  await change(operators.expired, { expiresAt: new Date(0) });
  await change(operators.half, { stage: "half" });
  const revoked = [members.revoked.sessionId, operators.revoked.sessionId];
  await db.session.deleteMany({ where: { id: { in: revoked } } });
  await db.user.update({ where: { id: operators.demoted.userId }, data: { role: "user" } });
  await db.apiToken.update({ where: { id: tokens.expired.id }, data: { expiresAt: new Date(0) } });
  await db.apiToken.delete({ where: { id: tokens.revoked.id } });
}

function casesOf({ members, operators, tokens }: World, stolenHash: string): Case[] {
  const internal = (name: string, headers: Headers): Case => ({
    name,
    router: "internal",
    headers,
    refusal: always("auth.required"),
  });
  const app = (name: string, headers: Headers, refusal: Case["refusal"]): Case => ({
    name,
    router: "app",
    headers,
    refusal,
  });
  const admin = (name: string, headers: Headers, refusal = required): Case => ({
    name,
    router: "admin",
    headers,
    refusal,
  });
  const session = (value: string): Headers => ({ cookie: `__Host-session=${value}` });
  const tooSmall = (...audiences: Audience[]) => only("auth.token-scope", ...audiences, "account", "proven");
  const secondFactor = unless("auth.second-factor-required", "public", "half");
  return [
    internal("nobody, internally", {}),
    internal("a wrong secret", { authorization: `Bearer ${randomBytes(32).toString("base64url")}` }),
    internal("a user, internally", members.owner.headers),
    internal("a token, internally", tokens.manage.headers),
    internal("an operator, internally", operators.operator.headers),
    app("anonymous", {}, required),
    app("an invented session", session("a".repeat(40)), required),
    app("a stolen row", session(stolenHash), required),
    app("a revoked session", members.revoked.headers, required),
    app("an expired session", members.expired.headers, required),
    app("an idle session", members.idle.headers, required),
    app("an operator's session in the dashboard", asApp(operators.operator.headers), required),
    app("half signed in", members.half.headers, secondFactor),
    app("signed in already", members.owner.headers, only("auth.required", "half")),
    app("not proven lately", members.unproven.headers, only("auth.step-up-required", "proven", "destroy")),
    app("an expired token", tokens.expired.headers, always("auth.required")),
    app("a revoked token", tokens.revoked.headers, always("auth.required")),
    app("a token to read", tokens.read.headers, tooSmall("operate", "manage", "destroy")),
    app("a token to operate", tokens.operate.headers, tooSmall("manage", "destroy")),
    app("a token to manage", tokens.manage.headers, tooSmall()),
    app("a token, for a second factor", tokens.manage.headers, only("auth.required", "half")),
    admin("anonymous in the admin app", {}),
    admin("a user in the admin app", members.stranger.headers),
    admin("a user's session under the admin cookie", asAdmin(members.stranger.headers)),
    admin("an operator's session of the dashboard", asAdmin(operators.operator.appHeaders)),
    admin("a token in the admin app", tokens.manage.headers),
    admin("a revoked operator's session", operators.revoked.headers),
    admin("an expired operator's session", operators.expired.headers),
    admin("an operator no more", operators.demoted.headers),
    admin("half signed in to the admin app", operators.half.headers, secondFactor),
  ];
}

/** A secret under the name of the other app's cookie. */
const asAdmin = ({ cookie = "" }: Headers) => ({
  cookie: cookie.replaceAll("__Host-session", "__Host-admin-session"),
});
const asApp = ({ cookie = "" }: Headers) => ({
  cookie: cookie.replaceAll("__Host-admin-session", "__Host-session"),
});

async function requireWorking(
  product: Product,
  router: Listed["router"],
  path: string,
  headers: Headers,
): Promise<void> {
  const listed = allProcedures.find((one) => one.router === router && one.path === path);
  const code = listed ? await ask(product, listed, headers, {}) : `there is no ${path}`;
  if (code !== null) throw new Error(`a credential that should work does not: ${code}`);
}

type Member = Awaited<ReturnType<typeof member>>;

/** Somebody with an account, signed in. */
async function member(product: Product, db: Database) {
  const account = newAccount();
  const visitor = new Visitor(product.webUrl, "192.0.2.7");
  await accepted(visitor.mutate("auth.register", account));
  await accepted(visitor.mutate("auth.login", { email: account.email, authKey: account.authKey }));
  return { ...account, visitor, ...(await seen(db, account.userId, "app")), headers: headersOf(visitor) };
}

/** Their session, with the time of use set ahead. */
async function seen(db: Database, userId: string, audience: "app" | "admin") {
  const { id: sessionId } = await db.session.findFirstOrThrow({ where: { userId, audience } });
  await db.session.update({ where: { id: sessionId }, data: { usedAt: later } });
  return { sessionId };
}

const headersOf = ({ cookies }: Visitor): Headers => ({ cookie: cookies });

/** Signed in to the admin app. */
async function makeOperator(product: Product, db: Database, { userId, email, authKey, headers }: Member) {
  await db.user.update({ where: { id: userId }, data: { role: "admin" } });
  const visitor = new Visitor(product.adminUrl, "192.0.2.8");
  await accepted(visitor.mutate("auth.login", { email, authKey }));
  return { userId, appHeaders: headers, ...(await seen(db, userId, "admin")), headers: headersOf(visitor) };
}

/** One of everything that an account can have. */
async function belongings(db: Database, { visitor, userId, sessionId }: Member): Promise<Subject> {
  const [instanceId, configId] = [randomUUID(), randomUUID()];
  const instance = { id: instanceId, name: "Ada", model: "openai/gpt-5-mini", channels: [] };
  await accepted(visitor.mutate("instances.create", instance));
  const config = { id: configId, revision: 1, wrappedKey: "AAAA", envelope: "AAAA" };
  await accepted(visitor.mutate("vault.configs.save", config));
  const createdAt = new Date();
  const passkey = await db.passkey.create({
    data: {
      id: randomUUID(),
      userId,
      credentialId: randomUUID(),
      publicKey: Uint8Array.of(1),
      counter: 0n,
      transports: [],
      name: "Phone",
      synced: false,
      prf: false,
      createdAt,
    },
  });
  const identity = await db.identity.create({
    data: {
      id: randomUUID(),
      userId,
      provider: "github",
      issuer: "https://github.example",
      subject: randomUUID(),
      createdAt,
    },
  });
  const { id: tokenId } = await tokenOf(db, { visitor }, "read");
  return { instanceId, configId, sessionId, tokenId, passkeyId: passkey.id, identityId: identity.id };
}

async function tokenOf(
  db: Database,
  { visitor }: Pick<Member, "visitor">,
  scope: "read" | "operate" | "manage",
): Promise<{ id: string; headers: Headers }> {
  const wish = { id: randomUUID(), name: scope, scope, days: 1 };
  const { data } = await accepted(visitor.mutate("apiTokens.create", wish));
  await db.apiToken.update({ where: { id: wish.id }, data: { usedAt: later } });
  return { id: wish.id, headers: { authorization: `Bearer ${(data as { secret: string }).secret}` } };
}
