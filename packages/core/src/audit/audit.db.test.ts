import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import type { z } from "zod";
import { registeredOwner } from "../testing/browser.ts";
import { createUser } from "../testing/create-user.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { listEvents } from "./list-events.ts";
import { recordEvent } from "./record-event.ts";
import type { listEventsInput } from "./schema.ts";
import { verifyLog } from "./verify-log.ts";

type Filter = z.input<typeof listEventsInput>;

const sys = await createTestSystem();

/** As whoever owns the database: the product itself can do none of this. */
async function asOwnerOfDatabase(sql: string): Promise<void> {
  const database = new URL(sys.config.DATABASE_URL).pathname;
  const client = new pg.Client(
    Object.assign(new URL(inject("templateDatabase").owner), { pathname: database }).href,
  );
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function someEvents(count: number) {
  const owner = await createUser(sys);
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      sys.db.$transaction((tx) =>
        recordEvent(tx, sys, owner, {
          action: "instance.renamed",
          targetId: `é${n}`,
          details: { n, text: 'a "quoted", 10:value\n', yes: true },
        }),
      ),
    ),
  );
  return owner;
}

describe("R1: the audit log", () => {
  test("is one chain without gaps, also when many write at once", async () => {
    await someEvents(40);
    const { events, broken } = await verifyLog(sys);
    expect(broken).toBeNull();
    expect(events).toBe(await sys.db.auditEvent.count());
    expect(events).toBeGreaterThanOrEqual(40);
  });

  test("holds while others write to it", async () => {
    const owner = await createUser(sys);
    let isOver = false;
    const writing = (async () => {
      for (let n = 0; !isOver; n++)
        await recordEvent(sys.db, sys, owner, { action: "instance.renamed", details: { n } });
    })();
    for (let checked = 0; checked < 20; checked++) expect((await verifyLog(sys)).broken).toBeNull();
    isOver = true;
    await writing;
  });

  test("can't be changed, shortened or emptied by the role that the product runs as", async () => {
    await someEvents(1);
    const attempts = [
      () => sys.db.auditEvent.updateMany({ data: { outcome: "ok" } }),
      () => sys.db.auditEvent.deleteMany({}),
      () => sys.db.$executeRaw`TRUNCATE "AuditEvent"`,
      () => sys.db.auditHead.updateMany({ data: { position: 0n } }),
      () => sys.db.$executeRaw`ALTER TABLE "AuditEvent" DISABLE TRIGGER ALL`,
      () => sys.db.$executeRaw`SELECT audit_chain(1)`,
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow();
    expect((await verifyLog(sys)).broken).toBeNull();
  });

  test.each(["id", "position", "hash"])(
    "gets its %s from the database: the product can't put an event in between, or stop the next",
    async (column) => {
      await someEvents(1);
      const values = { id: "2000000000", position: "3", hash: "'\\\\x00'" }[column];
      await expect(
        sys.db.$executeRawUnsafe(
          `INSERT INTO "AuditEvent" ("at", "actorKind", "action", "outcome", "details", "${column}") VALUES (now(), 'job', 'auth.logout', 'ok', '{}', ${values})`,
        ),
      ).rejects.toThrow("permission denied");
      await someEvents(1);
      expect((await verifyLog(sys)).broken).toBeNull();
    },
  );

  test.each([
    ["a changed event", `UPDATE "AuditEvent" SET ip = '203.0.113.66' WHERE position = 3`, 3, "changed"],
    ["a changed detail", `UPDATE "AuditEvent" SET details = '{"n": 99}' WHERE position = 3`, 3, "changed"],
    ["a missing event", `DELETE FROM "AuditEvent" WHERE position = 3`, 3, "missing"],
    [
      "a missing end",
      `DELETE FROM "AuditEvent" WHERE position = (SELECT max(position) FROM "AuditEvent")`,
      null,
      "missing",
    ],
  ])("shows %s, even when the owner of the database did it", async (_, sql, position, problem) => {
    await someEvents(5);
    const { events } = await verifyLog(sys);
    await asOwnerOfDatabase(`CREATE TABLE "_kept" AS TABLE "AuditEvent"`);
    await asOwnerOfDatabase(sql);
    const verdict = await verifyLog(sys);
    // Put back before anything is asserted: the next case starts whole.
    await asOwnerOfDatabase(
      `DELETE FROM "AuditEvent"; ALTER TABLE "AuditEvent" DISABLE TRIGGER USER; INSERT INTO "AuditEvent" TABLE "_kept"; ALTER TABLE "AuditEvent" ENABLE TRIGGER USER; DROP TABLE "_kept"`,
    );
    expect(verdict.broken).toEqual({ position: position ?? events, problem });
    expect((await verifyLog(sys)).broken).toBeNull();
  });

  test("is written with its change or not at all", async () => {
    const owner = await createUser(sys);
    const before = await verifyLog(sys);
    const rolledBack = sys.db.$transaction(async (tx) => {
      await recordEvent(tx, sys, owner, { action: "instance.renamed" });
      throw new Error("the change failed");
    });
    await expect(rolledBack).rejects.toThrow("the change failed");
    expect(await verifyLog(sys)).toEqual(before);
  });
});

describe("the activity of an account", () => {
  test("R1: tells who, what, when, from where and with which device; filtered, page by page", async () => {
    const { account, browser } = await registeredOwner(sys);
    await expect(
      browser.copy().call((api) => api.auth.login({ email: account.email, authKey: "A".repeat(43) })),
    ).rejects.toMatchObject({ message: "auth.wrong-credentials" });
    const list = (input: Filter) => browser.call((api) => api.audit.list(input));
    const { items } = await list({});
    expect(items.map(({ action }) => action)).toEqual(["auth.login-failed", "auth.login", "auth.registered"]);
    expect(items[0]).toMatchObject({ outcome: "refused", ip: "192.0.2.7", device: "Firefox on Linux" });
    expect((await list({ outcome: "refused" })).items).toHaveLength(1);
    expect((await list({ kind: "vault" })).items).toEqual([]);
    expect((await list({ to: new Date(0) })).items).toEqual([]);
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(items.map(({ id }) => id));
    expect(second.nextCursor).toBeNull();
  });

  test("R1: shows nothing of others, and control characters as their codes", async () => {
    const owner = await createUser(sys);
    await recordEvent(sys.db, sys, owner, {
      action: "token.created",
      details: { name: "evil\u001b[31m\u202e\nline" },
    });
    const { browser } = await registeredOwner(sys);
    const { items } = await browser.call((api) => api.audit.list({}));
    expect(items.some(({ action }) => action === "token.created")).toBe(false);
    const own = await listEvents(sys, owner, { limit: 10 });
    expect(own.items[0]?.details["name"]).toBe("evil\\u001b[31m\\u202e\\u000aline");
  });
});
