import pg from "pg";
import { expect, inject, test } from "vitest";
import { cloneTemplateDatabase } from "../src/testing/template-database.ts";
import { grantAppRole } from "./app-role.ts";

const appUrl = await cloneTemplateDatabase(inject);
const ownerUrl = Object.assign(new URL(inject("templateDatabase").owner), {
  pathname: new URL(appUrl).pathname,
}).href;

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test.each([
  `CREATE TABLE mine (id int)`,
  `DROP TABLE "User"`,
  `ALTER TABLE "User" ADD COLUMN more text`,
  `SELECT * FROM "_prisma_migrations"`,
  `CREATE ROLE another`,
  `CREATE DATABASE another`,
])("R1: the product's role may not: %s", async (sql) => {
  await expect(ask(appUrl, sql)).rejects.toThrow(/permission denied|must be owner/);
});

test("granting again changes nothing, and a job queue that another role made becomes the product's", async () => {
  const { username: name, password } = new URL(appUrl);
  await ask(ownerUrl, `CREATE TABLE pgboss.old (id int); CREATE TYPE pgboss.mood AS ENUM ('calm')`);
  for (const _ of [1, 2]) await grantAppRole(ownerUrl, { name, password });
  const owners = await ask(
    ownerUrl,
    `SELECT DISTINCT tableowner AS owner FROM pg_tables WHERE schemaname = 'pgboss'`,
  );
  expect(owners).toEqual([{ owner: name }]);
  await ask(appUrl, `DROP TABLE pgboss.old; DROP TYPE pgboss.mood`);
});
