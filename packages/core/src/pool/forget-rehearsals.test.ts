import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetRehearsals, rehearsal } from "./forget-rehearsals.ts";

const files = ["agents/main/agent/openclaw-agent.sqlite", "state/openclaw.sqlite"];
const schema = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE sessions (session_key TEXT PRIMARY KEY, session_id TEXT);
  CREATE TABLE audit_events (sequence INTEGER PRIMARY KEY AUTOINCREMENT, action TEXT, session_key TEXT);
  CREATE TABLE events (id INTEGER PRIMARY KEY, session_id TEXT, body TEXT);
  CREATE VIRTUAL TABLE events_fts USING fts5(session_id UNINDEXED, body, content='events', content_rowid='id');
  CREATE TRIGGER events_told AFTER INSERT ON events BEGIN
    INSERT INTO events_fts (rowid, session_id, body) VALUES (new.id, new.session_id, new.body);
  END;
`;
const rehearsalId = "a8123206-8566-4345-92f1-320c5bc899bd";

let state: string;
/** OpenClaw's, which goes on running. */
let open: DatabaseSync[];

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "state-"));
  open = [];
  for (const file of files) {
    await mkdir(join(state, file, ".."), { recursive: true });
    const database = new DatabaseSync(join(state, file));
    database.exec(schema);
    open.push(database);
    converse(database, rehearsal.sessionKey, rehearsalId, rehearsal.text);
    converse(database, "agent:main:main", "another", "Something else");
  }
  recordEnd();
});
afterEach(async () => {
  for (const database of open) database.close();
  await rm(state, { recursive: true });
});

function converse(database: DatabaseSync, key: string, id: string, text: string): void {
  database.prepare("INSERT INTO sessions VALUES (?, ?)").run(key, id);
  for (let times = 0; times < 50; times++)
    database.prepare("INSERT INTO events (session_id, body) VALUES (?, ?)").run(id, text);
}

function recordEnd(): void {
  open[1]
    ?.prepare("INSERT INTO audit_events (action, session_key) VALUES ('agent.run.finished', ?)")
    .run(rehearsal.sessionKey);
}

function forget(): Promise<{ failed: boolean; stderr: string }> {
  const [program, ...parameters] = forgetRehearsals;
  // As in the image.
  const env = {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    OPENCLAW_STATE_DIR: state,
    NODE_COMPILE_CACHE: join(state, "cache/compile"),
  };
  return new Promise((resolve) => {
    execFile(program, parameters, { env }, (error, _, stderr) => resolve({ failed: error !== null, stderr }));
  });
}

test("I1: what a rehearsal left is in no file of the state any more, and everything else stays", async () => {
  expect(await forget()).toEqual({ failed: false, stderr: "" });
  const names = await readdir(state, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of names.filter((entry) => entry.isFile())) {
    const content = await readFile(join(parentPath, name));
    for (const trace of [rehearsal.sessionKey, rehearsal.text, rehearsalId])
      expect(content.includes(trace), `${name} holds ${trace}`).toBe(false);
  }
  for (const database of open) {
    expect(database.prepare("SELECT session_id FROM sessions").all()).toEqual([{ session_id: "another" }]);
    const found = database.prepare("SELECT count(*) AS found FROM events_fts WHERE events_fts MATCH ?");
    expect(found.get("something")).toEqual({ found: 50 });
    expect(found.get("ready")).toEqual({ found: 0 });
  }
});

test("I1: it fails where something still tells of the rehearsal, or where there is none", async () => {
  await writeFile(join(state, "journal.txt"), `… ${rehearsal.sessionKey} …`);
  expect(await forget()).toEqual({
    failed: true,
    stderr: expect.stringContaining("journal.txt still tells"),
  });
  expect(await forget()).toEqual({
    failed: true,
    stderr: expect.stringContaining("not where it was looked for"),
  });
});

test("I1: it waits for the record of the rehearsal's end, which OpenClaw writes last", async () => {
  const [, database] = open;
  const count = (table: string) => database?.prepare(`SELECT count(*) AS found FROM ${table}`).get();
  database?.exec("DELETE FROM audit_events");
  const forgetting = forget();
  await vi.waitFor(() => expect(count("sessions")).toEqual({ found: 1 }), { timeout: 10_000 });
  recordEnd();
  expect(await forgetting).toEqual({ failed: false, stderr: "" });
  expect(count("audit_events")).toEqual({ found: 0 });
});
