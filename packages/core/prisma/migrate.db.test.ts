import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { cloneTemplateDatabase } from "../src/testing/template-database.ts";
import { applyMigrations, findDrift } from "./migrate.ts";

let folder: string;
let databaseUrl: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "migrations-"));
  await writeFile(join(folder, "migration_lock.toml"), 'provider = "postgresql"\n');
  const { pathname } = new URL(await cloneTemplateDatabase(inject));
  databaseUrl = Object.assign(new URL(inject("templateDatabase").owner), {
    pathname: `${pathname}_empty`,
  }).href;
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function writeMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, "migration.sql"), sql);
}

async function tables(): Promise<string[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  await client.end();
  return rows
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("_"))
    .sort();
}

test("the migrations say what the schema says", async () => {
  expect(await findDrift(databaseUrl)).toBeNull();
});

test("makes the database, applies each migration once, and leaves function bodies whole", async () => {
  await writeMigration(
    "1_one",
    "CREATE TABLE one (id int); CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql;",
  );
  expect(await applyMigrations(databaseUrl, folder)).toEqual(["1_one"]);
  await writeMigration("2_two", "CREATE TABLE two (id int);");
  expect(await applyMigrations(databaseUrl, folder)).toEqual(["2_two"]);
  expect(await applyMigrations(databaseUrl, folder)).toEqual([]);
  expect(await tables()).toEqual(["one", "two"]);
});

test("a migration that fails leaves nothing behind, says why, and can be repeated once it is mended", async () => {
  await writeMigration("1_one", "CREATE TABLE one (id int);");
  await writeMigration("2_two", "CREATE TABLE two (id int); CREATE TABLE one (id int);");
  await expect(applyMigrations(databaseUrl, folder)).rejects.toThrow(
    '2_two failed and was taken back: relation "one" already exists',
  );
  expect(await tables()).toEqual(["one"]);
  await writeMigration("2_two", "CREATE TABLE two (id int);");
  expect(await applyMigrations(databaseUrl, folder)).toEqual(["2_two"]);
});

test("two that start at once apply it once", async () => {
  await applyMigrations(databaseUrl, folder);
  await writeMigration("1_one", "CREATE TABLE one (id int);");
  const applied = await Promise.all([
    applyMigrations(databaseUrl, folder),
    applyMigrations(databaseUrl, folder),
  ]);
  expect(applied.flat()).toEqual(["1_one"]);
});
