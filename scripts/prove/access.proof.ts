// Every procedure of the three routers over HTTP on the real product, as everybody who may not call it: each must refuse, with the
// right code, and leave the database as it was.
import { randomUUID } from "node:crypto";
import { openDatabase } from "@openclaw-launch/core/adapters/database";
import { errorCatalogue, isErrorCode } from "@openclaw-launch/core/errors";
import { accessMatrix, type Subject } from "@openclaw-launch/core/testing/access-matrix";
import { databaseFingerprint } from "@openclaw-launch/core/testing/database-fingerprint";
import { allProcedures, type Listed } from "@openclaw-launch/core/testing/procedures";
import type { Proof } from "../prove.ts";
import { ask, type Headers } from "./access/ask.ts";
import { type Case, type Database, meetPeople, type Stranger } from "./access/people.ts";
import { type Product, tryProduct } from "./product.ts";

type Trial = {
  product: Product;
  db: Database;
  calls: number;
  refusals: number;
  failures: string[];
  byCase: Record<string, number>;
};

export async function prove(): Promise<Proof> {
  const unlisted = allProcedures.filter(({ router, path }) => !accessMatrix[router][path]);
  const { calls, refusals, byCase, failures } = await tryProduct(async (product) => {
    const db = openDatabase({ DATABASE_URL: product.databaseUrl, DATABASE_POOL_SIZE: 2 });
    const trial: Trial = { product, db, calls: 0, refusals: 0, failures: [], byCase: {} };
    try {
      await tryEverybody(trial);
      return trial;
    } finally {
      await db.$disconnect();
    }
  });
  return {
    figures: {
      procedures: allProcedures.length,
      cases: Object.keys(byCase).length,
      calls,
      refusals,
      unlisted: unlisted.length,
      byCase,
    },
    failures: [...unlisted.map(({ router, path }) => `${router} ${path} is not in the matrix`), ...failures],
  };
}

async function tryEverybody(trial: Trial): Promise<void> {
  const { subject, cases, stranger } = await meetPeople(trial.product, trial.db);
  for (const one of cases.filter(({ router }) => router === "internal")) await tryCase(trial, one, subject);
  // Its own work would show in the database as if a call had done it.
  await trial.product.kill("worker");
  for (const one of cases.filter(({ router }) => router !== "internal")) await tryCase(trial, one, subject);
  await tryStranger(trial, stranger, subject);
  await tryForeignDeploys(trial, stranger, subject);
}

async function tryCase(trial: Trial, one: Case, subject: Subject): Promise<void> {
  for (const procedure of allProcedures.filter(({ router }) => router === one.router)) {
    const access = accessMatrix[procedure.router][procedure.path];
    const expected = access && one.refusal(access);
    if (!access || !expected) continue;
    const input = access.input?.(subject, randomUUID) ?? {};
    const code = await refused(trial, one.name, procedure, one.headers, input);
    if (code !== expected)
      trial.failures.push(`${one.name}: ${procedure.path} answered ${code} instead of ${expected}`);
  }
  if (!trial.byCase[one.name]) trial.failures.push(`${one.name}: nothing was asked`);
}

/** Another's thing and none at all must be one answer. */
async function tryStranger(trial: Trial, { headers }: Stranger, subject: Subject): Promise<void> {
  for (const procedure of allProcedures.filter(({ router }) => router === "app")) {
    const access = accessMatrix.app[procedure.path];
    if (!access?.input) continue;
    const asked = (about: Subject) =>
      refused(trial, "another tenant", procedure, headers, access.input?.(about, randomUUID) ?? {});
    compareAnswers(trial, procedure.path, await asked(subject), await asked(nothing()));
  }
}

/** A deploy names two things. Nothing but that it is another's may be wrong with it: with own ones it goes through. */
async function tryForeignDeploys(trial: Trial, stranger: Stranger, subject: Subject): Promise<void> {
  const procedure = allProcedures.find(({ path }) => path === "instances.deploy");
  if (!procedure) return;
  const { id: deployKeyId } = await trial.db.hostDeployKey.findFirstOrThrow({
    where: { expiresAt: { gt: new Date() } },
  });
  const deploy = (instanceId: string, configId: string) => ({
    operationId: randomUUID(),
    instanceId,
    configId,
    revision: 1,
    deployKeyId,
    exp: Date.now() + 60_000,
    sealed: "AAAA",
  });
  const asked = (instanceId: string, configId: string) =>
    refused(trial, "another tenant", procedure, stranger.headers, deploy(instanceId, configId));
  const { instanceId, configId } = stranger;
  compareAnswers(
    trial,
    "instances.deploy of an instance",
    await asked(subject.instanceId, configId),
    await asked(randomUUID(), configId),
  );
  compareAnswers(
    trial,
    "instances.deploy of a configuration",
    await asked(instanceId, subject.configId),
    await asked(instanceId, randomUUID()),
  );
  const own = await ask(trial.product, procedure, stranger.headers, deploy(instanceId, configId));
  if (own !== null) trial.failures.push(`another tenant: deploying what is theirs answered ${own}`);
}

function compareAnswers(trial: Trial, path: string, foreign: string | null, unknown: string | null): void {
  // Any other kind of refusal could hide that nobody looked whose it is.
  const isMissing = isErrorCode(foreign) && errorCatalogue[foreign] === "missing";
  if (!isMissing || foreign !== unknown)
    trial.failures.push(`another tenant: ${path} answered ${foreign}, and ${unknown} for nothing at all`);
}

/** Asks, and looks whether that left anything behind. */
async function refused(
  trial: Trial,
  name: string,
  procedure: Listed,
  headers: Headers,
  input: object,
): Promise<string | null> {
  const state = () => stateOf(trial.db, procedure.router === "internal" ? ["Host"] : []);
  const before = await state();
  const code = await ask(trial.product, procedure, headers, input);
  const after = await state();
  trial.calls++;
  trial.refusals += code === null ? 0 : 1;
  trial.byCase[name] = (trial.byCase[name] ?? 0) + 1;
  if (before !== after)
    trial.failures.push(`${name}: ${procedure.router} ${procedure.path} left something behind`);
  return code;
}

/** Every table, and which jobs were ever asked for; `except` tables that a living worker writes. */
async function stateOf(db: Database, except: readonly string[]): Promise<string> {
  const [row] = await db.$queryRaw<{ jobs: string | null }[]>`
    SELECT md5(string_agg(id::text, ',' ORDER BY id)) AS jobs
    FROM pgboss.job WHERE NOT starts_with(name, '__pgboss')`;
  return `${await databaseFingerprint(db, except)} ${row?.jobs}`;
}

const nothing = (): Subject => ({
  instanceId: randomUUID(),
  configId: randomUUID(),
  sessionId: randomUUID(),
  tokenId: randomUUID(),
  passkeyId: randomUUID(),
  identityId: randomUUID(),
});
