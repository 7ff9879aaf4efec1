#!/bin/sh
# What a running assistant never reads: type declarations, source maps, other platforms' binaries, most documents.
set -eu
cd /opt/openclaw/node_modules
find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
rm -rf @trycua
if [ -d openclaw/docs ]; then
  find openclaw/docs -mindepth 1 -maxdepth 1 ! -name reference -exec rm -rf {} +
  if [ -d openclaw/docs/reference ]; then
    find openclaw/docs/reference -mindepth 1 -maxdepth 1 ! -name templates -exec rm -rf {} +
  fi
fi

# Of the state that installing plugins left: the plugins, and the record of their installation. Keys and identities are each instance's own.
mkdir -p /opt/openclaw-seed/state
mv "$OPENCLAW_STATE_DIR/npm" /opt/openclaw-seed/npm
mv "$OPENCLAW_STATE_DIR/state/openclaw.sqlite" /opt/openclaw-seed/state/openclaw.sqlite
cat >/tmp/keep-records.mjs <<'END'
import { DatabaseSync } from "node:sqlite";
const database = new DatabaseSync("/opt/openclaw-seed/state/openclaw.sqlite");
const kept = ["schema_meta", "config_machine_state"];
const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
for (const { name } of tables) if (!kept.includes(name)) database.exec(`DELETE FROM "${name}"`);
database.exec("PRAGMA journal_mode = DELETE; VACUUM");
END
node /tmp/keep-records.mjs
