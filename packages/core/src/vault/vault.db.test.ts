import { describe, expect, test } from "vitest";
import { appRouter } from "../api/app.ts";
import { createAppCaller } from "../api/trpc.ts";
import type { UserActor } from "../system.ts";
import { createUser } from "../testing/create-user.ts";
import { databaseFingerprint } from "../testing/database-fingerprint.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { configsPerUser, revisionsKept } from "./rules.ts";
import { maxEnvelopeBytes } from "./schema.ts";

const day = 86_400_000;
const sys = await createTestSystem();

const sealed = (bytes = 64) => Buffer.from(sys.random.bytes(bytes)).toString("base64");
const newConfig = () => ({ id: sys.random.uuid(), revision: 1, wrappedKey: sealed(), envelope: sealed() });
const refusal = (code: string, details = {}) => ({ message: code, cause: { code, details } });

const as = (actor: UserActor) =>
  createAppCaller(appRouter)({ sys, actor, responseHeaders: new Headers() }).vault;

async function owner() {
  const actor = await createUser(sys);
  return { actor, vault: as(actor) };
}

describe("configurations", () => {
  test("E2: come back byte for byte as the browser encrypted them", async () => {
    const { vault } = await owner();
    const config = { ...newConfig(), envelope: sealed(maxEnvelopeBytes) };
    await vault.configs.save(config);
    expect(await vault.configs.get({ id: config.id })).toEqual(config);
  });

  test("every revision stays readable, and the newest is the default", async () => {
    const { vault } = await owner();
    const first = newConfig();
    const second = { ...newConfig(), id: first.id, revision: 2 };
    await vault.configs.save(first);
    await vault.configs.save(second);
    expect(await vault.configs.get({ id: first.id })).toEqual(second);
    expect(await vault.configs.get({ id: first.id, revision: 1 })).toEqual(first);
    await expect(vault.configs.get({ id: first.id, revision: 3 })).rejects.toMatchObject(
      refusal("vault.config-missing"),
    );
  });

  test("a save on an outdated revision is refused with the current one, and nothing changes", async () => {
    const { vault } = await owner();
    const config = newConfig();
    await vault.configs.save(config);
    await vault.configs.save({ ...config, revision: 2, envelope: sealed() });
    const before = await databaseFingerprint(sys.db);
    for (const revision of [1, 2, 4]) {
      const late = { ...config, revision, envelope: sealed() };
      await expect(vault.configs.save(late)).rejects.toMatchObject(
        refusal("vault.revision-conflict", { revision: 2 }),
      );
    }
    expect(await databaseFingerprint(sys.db)).toBe(before);
    await vault.configs.save({ ...config, revision: 3 });
    expect(await databaseFingerprint(sys.db)).not.toBe(before);
  });

  test("of two saves at once on the same revision one wins", async () => {
    const { vault } = await owner();
    const config = newConfig();
    await vault.configs.save(config);
    const saves = [1, 2, 3, 4].map(() => vault.configs.save({ ...config, revision: 2, envelope: sealed() }));
    const outcomes = await Promise.allSettled(saves);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await sys.db.vaultConfigRevision.count({ where: { configId: config.id } })).toBe(2);
  });

  test("a repeated save is one save, and one event", async () => {
    const { vault, actor } = await owner();
    const config = newConfig();
    const saved = await Promise.all([
      vault.configs.save(config),
      vault.configs.save(config),
      vault.configs.save(config),
    ]);
    expect(saved[1]).toEqual(saved[0]);
    expect(await sys.db.vaultConfigRevision.count({ where: { configId: config.id } })).toBe(1);
    expect(
      await sys.db.auditEvent.count({ where: { userId: actor.userId, action: "vault.config-saved" } }),
    ).toBe(1);
  });

  test("old revisions are forgotten, so that a vault can't grow for ever", async () => {
    const { vault } = await owner();
    const config = newConfig();
    for (let revision = 1; revision <= revisionsKept + 3; revision++)
      await vault.configs.save({ ...config, revision });
    expect(await sys.db.vaultConfigRevision.count({ where: { configId: config.id } })).toBe(revisionsKept);
    await expect(vault.configs.get({ id: config.id, revision: 3 })).rejects.toMatchObject(
      refusal("vault.config-missing"),
    );
    expect((await vault.configs.get({ id: config.id, revision: 4 })).revision).toBe(4);
  });

  test("of a day that is over the last revision stays for thirty days, however many are saved afterwards", async () => {
    const { vault, actor } = await owner();
    const config = newConfig();
    let revision = 0;
    const saveOften = async (times: number) => {
      for (const last = revision + times; revision < last; ) {
        revision += 1;
        await vault.configs.save({ ...config, revision });
        await vault.index.save({ revision, envelope: sealed() });
      }
    };
    await saveOften(2);
    sys.clock.advance(60 * day);
    await saveOften(revisionsKept + 5);
    expect((await vault.configs.get({ id: config.id, revision: 2 })).revision).toBe(2);
    expect((await vault.index.get({ before: 8 }))?.revision).toBe(2);
    sys.clock.advance(30 * day);
    await saveOften(1);
    const newest = Array.from({ length: revisionsKept }, (_, index) => ({ revision: revision - index }));
    const query = { select: { revision: true }, orderBy: { revision: "desc" } } as const;
    expect(await sys.db.vaultIndex.findMany({ ...query, where: { userId: actor.userId } })).toEqual(newest);
    expect(await sys.db.vaultConfigRevision.findMany({ ...query, where: { configId: config.id } })).toEqual(
      newest,
    );
  });

  test("what stood for an hour stays for a week, however many are saved over it on the same day", async () => {
    const { vault } = await owner();
    const save = (revision: number) => vault.index.save({ revision, envelope: sealed() });
    await save(1);
    sys.clock.advance(day / 24);
    for (let revision = 2; revision <= revisionsKept + 5; revision++) await save(revision);
    expect((await vault.index.get({ before: 3 }))?.revision).toBe(1);
    sys.clock.advance(7 * day);
    await save(revisionsKept + 6);
    expect(await vault.index.get({ before: 3 })).toBeNull();
  });

  test("there is a limit per account", async () => {
    const { vault, actor } = await owner();
    const now = sys.clock.now();
    await sys.db.vaultConfig.createMany({
      data: Array.from({ length: configsPerUser }, () => ({
        id: sys.random.uuid(),
        userId: actor.userId,
        revision: 1,
        createdAt: now,
        updatedAt: now,
      })),
    });
    const oneMore = vault.configs.save(newConfig());
    await expect(oneMore).rejects.toMatchObject(refusal("vault.limit-reached", { limit: configsPerUser }));
  });

  test("a removed one is gone with its revisions, and the index with it is the newest", async () => {
    const { vault, actor } = await owner();
    const config = newConfig();
    await vault.configs.save(config);
    const index = { revision: 1, envelope: sealed() };
    await vault.configs.remove({ id: config.id, index });
    expect(await vault.index.get({})).toEqual(index);
    expect(await sys.db.vaultConfigRevision.count({ where: { configId: config.id } })).toBe(0);
    await expect(vault.configs.get({ id: config.id })).rejects.toMatchObject(refusal("vault.config-missing"));
    expect(
      await sys.db.auditEvent.count({ where: { userId: actor.userId, action: "vault.config-removed" } }),
    ).toBe(1);
  });

  test("of ten removals at once one does it, and the others are told that it is gone", async () => {
    const { vault } = await owner();
    const config = newConfig();
    await vault.configs.save(config);
    const index = { revision: 1, envelope: sealed() };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => vault.configs.remove({ id: config.id, index })),
    );
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused).toHaveLength(9);
    for (const { reason } of refused) expect(reason).toMatchObject(refusal("vault.config-missing"));
  });

  test("E2: of a removal that is refused nothing happens, neither to the configuration nor to the index", async () => {
    const { vault, actor } = await owner();
    const { id, ...config } = newConfig();
    await vault.configs.save({ id, ...config });
    await vault.index.save({ revision: 1, envelope: sealed() });
    const before = await databaseFingerprint(sys.db);
    const outdated = vault.configs.remove({ id, index: { revision: 1, envelope: sealed() } });
    await expect(outdated).rejects.toMatchObject(refusal("vault.revision-conflict", { revision: 1 }));
    const next = { revision: 2, envelope: sealed() };
    await expect(vault.configs.remove({ id: sys.random.uuid(), index: next })).rejects.toMatchObject(
      refusal("vault.config-missing"),
    );
    const unproven = as({ ...actor, provenAt: null }).configs.remove({ id, index: next });
    await expect(unproven).rejects.toMatchObject(refusal("auth.step-up-required"));
    expect(await databaseFingerprint(sys.db)).toBe(before);
  });

  test("I1: another's is answered like an unknown one, and stays as it is", async () => {
    const { vault } = await owner();
    const stranger = await owner();
    const config = newConfig();
    await vault.configs.save(config);
    const before = await databaseFingerprint(sys.db);
    const missing = refusal("vault.config-missing");
    for (const id of [config.id, sys.random.uuid()]) {
      await expect(stranger.vault.configs.get({ id })).rejects.toMatchObject(missing);
      await expect(stranger.vault.configs.get({ id, revision: 1 })).rejects.toMatchObject(missing);
      const index = { revision: 1, envelope: sealed() };
      await expect(stranger.vault.configs.remove({ id, index })).rejects.toMatchObject(missing);
      await expect(stranger.vault.configs.save({ ...newConfig(), id, revision: 2 })).rejects.toMatchObject(
        missing,
      );
    }
    await expect(stranger.vault.configs.save({ ...newConfig(), id: config.id })).rejects.toMatchObject(
      missing,
    );
    expect(await stranger.vault.configs.list({})).toEqual({ items: [], nextCursor: null });
    expect(await databaseFingerprint(sys.db)).toBe(before);
  });

  test("pages follow one another without gaps or repeats, while others are saved and some have the same age", async () => {
    const { vault } = await owner();
    const save = async () => {
      const config = newConfig();
      await vault.configs.save(config);
      return config.id;
    };
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) {
      ids.push(await save());
      if (n % 3 === 0) sys.clock.advance(1);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof vault.configs.list>> = await vault.configs.list({
        cursor,
        limit: 3,
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      sys.clock.advance(1);
      await save();
    } while (cursor);
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(ids));
  });

  test.each([
    "nonsense",
    "MTIz",
    Buffer.from("1.x").toString("base64url"),
    Buffer.from(`1.${"-".repeat(36)}`).toString("base64url"),
  ])("V1: the cursor %s is refused", async (cursor) => {
    const { vault } = await owner();
    await expect(vault.configs.list({ cursor })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test.each([
    ["an unknown field", { plaintext: "{}" }],
    ["an oversized envelope", { envelope: "AAAA".repeat(maxEnvelopeBytes / 3 + 2) }],
    ["an oversized key", { wrappedKey: "AAAA".repeat(2000) }],
    ["text that is no base64", { envelope: '{"botToken":"1"}' }],
    ["a revision of nought", { revision: 0 }],
    ["an id that is none", { id: "1 OR 1=1" }],
  ])("V1: %s is refused and nothing changes", async (_, wrong) => {
    const { vault } = await owner();
    const before = await databaseFingerprint(sys.db);
    await expect(vault.configs.save({ ...newConfig(), ...wrong })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
    expect(await databaseFingerprint(sys.db)).toBe(before);
  });
});

describe("index", () => {
  test("is null before the first save, then the newest revision; each save stands in the audit log", async () => {
    const { vault, actor } = await owner();
    expect(await vault.index.get({})).toBeNull();
    const first = { revision: 1, envelope: sealed() };
    const second = { revision: 2, envelope: sealed() };
    await vault.index.save(first);
    await vault.index.save(first);
    await vault.index.save(second);
    expect(await vault.index.get({})).toEqual(second);
    expect(await vault.index.get({ before: 2 })).toEqual(first);
    expect(await vault.index.get({ before: 1 })).toBeNull();
    expect(
      await sys.db.auditEvent.count({ where: { userId: actor.userId, action: "vault.index-saved" } }),
    ).toBe(2);
  });

  test("an older or skipping revision is refused with the current one, and nothing changes", async () => {
    const { vault } = await owner();
    const index = { revision: 1, envelope: sealed() };
    await vault.index.save(index);
    for (const revision of [1, 3]) {
      const late = vault.index.save({ revision, envelope: sealed() });
      await expect(late).rejects.toMatchObject(refusal("vault.revision-conflict", { revision: 1 }));
    }
    expect(await vault.index.get({})).toEqual(index);
  });

  test("I1: is the caller's own", async () => {
    const { vault } = await owner();
    await vault.index.save({ revision: 1, envelope: sealed() });
    expect(await (await owner()).vault.index.get({})).toBeNull();
  });
});

test("I1: slots are the caller's own", async () => {
  const first = await owner();
  const envelope = sys.random.bytes(100);
  const id = sys.random.uuid();
  await sys.db.vaultSlot.create({
    data: {
      id,
      userId: first.actor.userId,
      kind: "password",
      envelope: Uint8Array.from(envelope),
      createdAt: sys.clock.now(),
    },
  });
  expect(await first.vault.slots.list({})).toEqual([
    { id, kind: "password", envelope: Buffer.from(envelope).toString("base64"), createdAt: sys.clock.now() },
  ]);
  expect(await (await owner()).vault.slots.list({})).toEqual([]);
});
