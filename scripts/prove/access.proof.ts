// Every procedure of the three routers over HTTP on the real product, as everybody who may not call it: each must refuse, with the
// right code, and leave the database as it was.
import { randomBytes, randomUUID } from "node:crypto";
import { openDatabase } from "@openclaw-launch/core/adapters/database";
import { type Access, accessMatrix, type Subject } from "@openclaw-launch/core/testing/access-matrix";
import { databaseFingerprint } from "@openclaw-launch/core/testing/database-fingerprint";
import { allProcedures, type Listed } from "@openclaw-launch/core/testing/procedures";
import { createLaunch, type Launch } from "@openclaw-launch/sdk";
import type { Proof } from "../prove.ts";
import { type Product, tryProduct } from "./product.ts";

type Database = ReturnType<typeof openDatabase>;
type Headers = Record<string, string>;
/** Whoever asks, what of, and with which answer they must be turned away. */
type Case = {
  name: string;
  router: Listed["router"];
  headers: Headers;
  refusal: (access: Access) => string | null;
};
type Tally = { calls: number; refusals: number; failures: string[]; byCase: Record<string, number> };

const later = new Date(Date.now() + 3_600_000);

export async function prove(): Promise<Proof> {
  const unlisted = allProcedures.filter(({ router, path }) => !accessMatrix[router][path]);
  const tally = await tryProduct(async (product) => {
    const db = openDatabase({ DATABASE_URL: product.databaseUrl, DATABASE_POOL_SIZE: 2 });
    try {
      return await tryAll(product, db);
    } finally {
      await db.$disconnect();
    }
  });
  return {
    figures: {
      procedures: allProcedures.length,
      cases: tally.byCase,
      calls: tally.calls,
      refusals: tally.refusals,
      unlisted: unlisted.length,
    },
    failures: [
      ...unlisted.map(({ router, path }) => `${router} ${path} is not in the matrix`),
      ...tally.failures,
    ],
  };
}

async function tryAll(product: Product, db: Database): Promise<Tally> {
  const tally: Tally = { calls: 0, refusals: 0, failures: [], byCase: {} };
  const world = await populate(product, db);
  for (const one of internalCases) await tryCase(product, db, tally, one, world.subject);
  // Nothing but the calls may write from now on, and a worker notes that it lives.
  await product.killWorker();
  for (const one of world.cases) await tryCase(product, db, tally, one, world.subject);
  await tryStranger(product, db, tally, world.stranger, world.subject);
  return tally;
}

const unlessPublic = (code: string) => (access: Access) => (access.audience === "public" ? null : code);
const forAudiences = (code: string, audiences: Access["audience"][]) => (access: Access) =>
  audiences.includes(access.audience) ? code : null;

const internalCases: Case[] = [
  { name: "internal without the secret", router: "internal", headers: {}, refusal: () => "auth.required" },
  {
    name: "internal with a wrong secret",
    router: "internal",
    headers: { authorization: `Bearer ${randomBytes(32).toString("base64url")}` },
    refusal: () => "auth.required",
  },
];

async function tryCase(
  product: Product,
  db: Database,
  tally: Tally,
  one: Case,
  subject: Subject,
): Promise<void> {
  for (const procedure of allProcedures.filter(({ router }) => router === one.router)) {
    const access = accessMatrix[procedure.router][procedure.path];
    const expected = access && one.refusal(access);
    if (!access || !expected) continue;
    const input = access.input?.(subject, randomUUID) ?? {};
    const checkDatabase = one.router !== "internal";
    const before = checkDatabase ? await databaseFingerprint(db) : "";
    const code = await ask(product, procedure, one.headers, input);
    const after = checkDatabase ? await databaseFingerprint(db) : "";
    count(tally, one.name, code !== null);
    const name = `${one.name}: ${procedure.router} ${procedure.path}`;
    if (code !== expected) tally.failures.push(`${name} answered ${code} instead of ${expected}`);
    if (before !== after) tally.failures.push(`${name} wrote something`);
  }
}

/** Another's thing and none at all must be one answer. */
async function tryStranger(
  product: Product,
  db: Database,
  tally: Tally,
  headers: Headers,
  subject: Subject,
): Promise<void> {
  for (const procedure of allProcedures.filter(({ router }) => router === "app")) {
    const access = accessMatrix.app[procedure.path];
    if (!access?.input) continue;
    const before = await databaseFingerprint(db);
    const foreign = await ask(product, procedure, headers, access.input(subject, randomUUID));
    const unknown = await ask(product, procedure, headers, access.input(nothing(), randomUUID));
    count(tally, "other tenant", foreign !== null);
    if (foreign === null || foreign !== unknown)
      tally.failures.push(
        `other tenant: ${procedure.path} answered ${foreign}, and ${unknown} for nothing at all`,
      );
    if ((await databaseFingerprint(db)) !== before)
      tally.failures.push(`other tenant: ${procedure.path} wrote something`);
  }
}

function count(tally: Tally, name: string, refused: boolean): void {
  tally.calls++;
  tally.refusals += refused ? 1 : 0;
  tally.byCase[name] = (tally.byCase[name] ?? 0) + 1;
}

const nothing = (): Subject => ({
  instanceId: randomUUID(),
  configId: randomUUID(),
  sessionId: randomUUID(),
  tokenId: randomUUID(),
  passkeyId: randomUUID(),
  identityId: randomUUID(),
});

type Answer = { error?: { json?: { data?: { code?: string } } } };

/** The code of the refusal; null when the call was let through. */
async function ask(
  product: Product,
  { router, path, procedure }: Listed,
  headers: Headers,
  input: object,
): Promise<string | null> {
  const base = {
    app: `${product.webUrl}/api/trpc`,
    admin: `${product.adminUrl}/api/trpc`,
    internal: product.internalUrl,
  }[router];
  const isMutation = procedure._def.type === "mutation";
  const query = isMutation ? "" : `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  const response = await fetch(`${base}/${path}${query}`, {
    method: isMutation ? "POST" : "GET",
    headers: { "content-type": "application/json", ...headers },
    ...(isMutation && { body: JSON.stringify({ json: input }) }),
  });
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) return firstEvent(response);
  const { error } = (await response.json()) as Answer;
  return error ? (error.json?.data?.code ?? `status ${response.status}`) : null;
}

/** A stream tells in its first events that it is refused. */
async function firstEvent(response: Response): Promise<string | null> {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const [, code] = /event: serialized-error[\s\S]*?"code":"([a-z-]+\.[a-z-]+)"/.exec(text) ?? [];
    if (code) return code;
    if (/^data: (?!\s*$)/m.test(text) && !text.includes("event: connected")) break;
  }
  return null;
}

async function populate(product: Product, db: Database) {
  const owner = await person(product, db);
  const stranger = await person(product, db);
  const [revoked, expired] = [await person(product, db), await person(product, db)];
  await db.session.deleteMany({ where: { userId: revoked.userId } });
  await db.session.updateMany({ where: { userId: expired.userId }, data: { expiresAt: new Date(0) } });
  const half = await person(product, db);
  await db.session.updateMany({ where: { userId: half.userId }, data: { stage: "half" } });
  const unproven = await person(product, db);
  await db.session.updateMany({ where: { userId: unproven.userId }, data: { provenAt: new Date(0) } });

  const { id: instanceId } = await owner.launch.api.instances.create.mutate({
    id: randomUUID(),
    name: "Ada",
    model: "openai/gpt-5-mini",
    channels: [],
  });
  const configId = randomUUID();
  await owner.launch.api.vault.configs.save.mutate({
    id: configId,
    revision: 1,
    wrappedKey: "AAAA",
    envelope: "AAAA",
  });
  const session = await db.session.findFirstOrThrow({ where: { userId: owner.userId } });
  const passkey = await db.passkey.create({
    data: {
      id: randomUUID(),
      userId: owner.userId,
      credentialId: randomUUID(),
      publicKey: Uint8Array.of(1),
      counter: 0n,
      transports: [],
      name: "Phone",
      synced: false,
      prf: false,
      createdAt: new Date(),
    },
  });
  const identity = await db.identity.create({
    data: {
      id: randomUUID(),
      userId: owner.userId,
      provider: "github",
      issuer: "https://github.example",
      subject: randomUUID(),
      createdAt: new Date(),
    },
  });
  const token = async (scope: "read" | "operate" | "manage") => {
    const made = await owner.launch.api.apiTokens.create.mutate({
      id: randomUUID(),
      name: scope,
      scope,
      days: 1,
    });
    await db.apiToken.update({ where: { id: made.token.id }, data: { usedAt: later } });
    return { id: made.token.id, headers: { authorization: `Bearer ${made.secret}` } };
  };
  const [read, operate, manage, ranOut, gone] = [
    await token("read"),
    await token("operate"),
    await token("manage"),
    await token("manage"),
    await token("manage"),
  ];
  await db.apiToken.update({ where: { id: ranOut.id }, data: { expiresAt: new Date(0) } });
  await db.apiToken.delete({ where: { id: gone.id } });

  const subject: Subject = {
    instanceId,
    configId,
    sessionId: session.id,
    tokenId: manage.id,
    passkeyId: passkey.id,
    identityId: identity.id,
  };
  const asAdmin = (headers: Headers): Headers => ({
    cookie: (headers["cookie"] ?? "").replaceAll("__Host-session", "__Host-admin-session"),
  });
  const app = (name: string, headers: Headers, refusal: Case["refusal"]): Case => ({
    name,
    router: "app",
    headers,
    refusal,
  });
  const admin = (name: string, headers: Headers): Case => ({
    name,
    router: "admin",
    headers,
    refusal: unlessPublic("auth.required"),
  });
  const known = (code: string) => (access: Access) =>
    access.audience === "half" ? null : unlessPublic(code)(access);
  const cases: Case[] = [
    app("anonymous", {}, unlessPublic("auth.required")),
    app("an invented session", { cookie: `__Host-session=${"a".repeat(43)}` }, unlessPublic("auth.required")),
    app("a stolen row", { cookie: `__Host-session=${session.secretHash}` }, unlessPublic("auth.required")),
    app("a revoked session", revoked.headers, unlessPublic("auth.required")),
    app("an expired session", expired.headers, unlessPublic("auth.required")),
    app("half signed in", half.headers, known("auth.second-factor-required")),
    app("not proven lately", unproven.headers, forAudiences("auth.step-up-required", ["proven", "destroy"])),
    app("an expired token", ranOut.headers, () => "auth.required"),
    app("a revoked token", gone.headers, () => "auth.required"),
    app(
      "a token to read",
      read.headers,
      forAudiences("auth.token-scope", ["operate", "manage", "destroy", "account", "proven"]),
    ),
    app(
      "a token to operate",
      operate.headers,
      forAudiences("auth.token-scope", ["manage", "destroy", "account", "proven"]),
    ),
    app("a token to manage", manage.headers, forAudiences("auth.token-scope", ["account", "proven"])),
    admin("anonymous in the admin app", {}),
    admin("a user in the admin app", stranger.headers),
    admin("a user's session under the admin cookie", asAdmin(stranger.headers)),
  ];
  return { subject, cases, stranger: stranger.headers };
}

/** Somebody with an account. The time of use is set ahead, so that being seen writes nothing. */
async function person(
  product: Product,
  db: Database,
): Promise<{ launch: Launch; userId: string; headers: Headers }> {
  let cookie = "";
  const launch = createLaunch({
    url: product.webUrl,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const [session] = response.headers.getSetCookie().filter((line) => line.startsWith("__Host-session="));
      if (session) cookie = session.split(";")[0] ?? "";
      return response;
    },
  });
  const { id: userId } = await launch.signUp({
    email: `${randomUUID()}@example.org`,
    password: `quiet otter ${randomUUID()}`,
  });
  await db.session.updateMany({ where: { userId }, data: { usedAt: later } });
  return { launch, userId, headers: { cookie } };
}
