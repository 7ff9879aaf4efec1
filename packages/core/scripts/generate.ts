// Generates the Prisma client. The schema engine, which the command downloads otherwise, is not needed for it:
// any existing file satisfies the look-up.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const prisma = fileURLToPath(import.meta.resolve("prisma/build/index.js"));
const { status } = spawnSync(process.execPath, [prisma, "generate", "--schema", "prisma"], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: "1",
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
  },
});
process.exit(status ?? 1);
