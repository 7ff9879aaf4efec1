/** The conversation of a rehearsal, and what is said in it: nothing else of OpenClaw's has these words. */
export const rehearsal = {
  sessionKey: "agent:main:rehearsal",
  text: "Say that you are ready to begin.",
} as const;

// Every row that belongs to the conversation, in whichever table; full-text ones first, as they look into the others. OpenClaw writes
// some later, the record of the turn's end a quarter of a minute after it: so until that was there and a pass finds none. SQLite leaves
// what was deleted in its files until they are written anew.
const script = `
const { readdirSync, readFileSync, statSync } = require("node:fs");
const { DatabaseSync } = require("node:sqlite");
const state = process.env.OPENCLAW_STATE_DIR;
const files = ["agents/main/agent/openclaw-agent.sqlite", "state/openclaw.sqlite"];
const ids = new Set();

function open(file) {
  const database = new DatabaseSync(state + "/" + file, { enableForeignKeyConstraints: false });
  database.exec("PRAGMA busy_timeout = 10000");
  const tables = database
    .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') ORDER BY type DESC")
    .all()
    .map(({ name }) => {
      const columns = database.prepare("SELECT name FROM pragma_table_info(?)").all(name);
      return { name, has: (wanted) => columns.some((column) => column.name === wanted) };
    });
  return { file, database, tables };
}

function learnIds({ database, tables }) {
  for (const { name, has } of tables)
    if (has("session_key") && has("session_id"))
      for (const row of database.prepare('SELECT session_id FROM "' + name + '" WHERE session_key = ?').all(KEY))
        if (row.session_id !== null) ids.add(row.session_id);
}

const sawEnd = ({ database, tables }) =>
  tables.some(({ name }) => name === "audit_events") &&
  database.prepare("SELECT 1 FROM audit_events WHERE session_key = ? AND action = 'agent.run.finished'").get(KEY) !== undefined;

function removeRows({ database, tables }) {
  let removed = 0;
  const remove = (name, column, value) => {
    removed += Number(database.prepare('DELETE FROM "' + name + '" WHERE ' + column + " = ?").run(value).changes);
  };
  database.exec("BEGIN IMMEDIATE");
  for (const { name, has } of tables) {
    if (has("session_id")) for (const id of ids) remove(name, "session_id", id);
    if (has("session_key")) remove(name, "session_key", KEY);
  }
  database.exec("COMMIT");
  return removed;
}

function writeAnew({ file, database }) {
  database.exec("VACUUM");
  const { busy } = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
  if (busy) throw new Error(file + " is held by somebody");
  database.close();
}

const databases = files.map(open);
let ended = false;
for (let pass = 1; ; pass++) {
  databases.forEach(learnIds);
  ended ||= databases.some(sawEnd);
  const removed = databases.map(removeRows).reduce((sum, count) => sum + count);
  if (pass === 1 && ids.size === 0) throw new Error("the rehearsal is not where it was looked for");
  if (ended && removed === 0) break;
  if (pass === 90) throw new Error(ended ? "rows of the rehearsal come again and again" : "nothing tells that the rehearsal has ended");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}
databases.forEach(writeAnew);

for (const name of readdirSync(state, { recursive: true })) {
  const path = state + "/" + name;
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
  const content = readFileSync(path);
  for (const trace of [KEY, TEXT, ...ids])
    if (content.includes(trace)) throw new Error(name + " still tells of the rehearsal");
}
` as const;

const constants = `const KEY = "${rehearsal.sessionKey}", TEXT = "${rehearsal.text}";` as const;

/**
 * What runs in a member of the pool after its rehearsal, so that nothing tells of it. Fails where something still does. Node would keep
 * the program itself, with these words in it, in its cache of compiled code, which lies in the state folder.
 */
export const forgetRehearsals = [
  "env",
  "NODE_DISABLE_COMPILE_CACHE=1",
  "node",
  "--eval",
  `${constants}${script}`,
] as const;
