import pg from "pg";
import { expect, inject, test } from "vitest";
import { cloneTemplateDatabase } from "./template-database.ts";

test("every clone is migrated, and what is written to one is not in another", async () => {
  const [first, second] = await Promise.all([cloneTemplateDatabase(inject), cloneTemplateDatabase(inject)]);
  const count = async (url: string, change = "") => {
    const client = new pg.Client(url);
    await client.connect();
    if (change) await client.query(change);
    const { rows } = await client.query<{ users: string }>('SELECT count(*) AS users FROM "User"');
    await client.end();
    return Number(rows[0]?.users);
  };
  const insert = `INSERT INTO "User" (id, email, "createdAt") VALUES (gen_random_uuid(), 'ada@example.org', now())`;
  expect(await count(first, insert)).toBe(1);
  expect(await count(second)).toBe(0);
});
