// `node forward-ports.ts <directory> <program> <args>`, on a network without anything: leads each port of the loopback to the
// directory's socket of that name, then runs the program. Its streams are the program's, and its exit code.
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { command } from "../setup/command.ts";
import { relay } from "./relay.ts";

const [directory = "", program = "", ...args] = process.argv.slice(2);
await command("ip", ["link", "set", "lo", "up"]);
for (const name of await readdir(directory)) {
  const port = Number(/^(\d+)\.socket$/.exec(name)?.[1]);
  if (port) await relay({ port, host: "127.0.0.1" }, { path: join(directory, name) });
}
// Chromium is led through the pipes 3 and 4.
const child = spawn(program, args, { stdio: ["inherit", "inherit", "inherit", "inherit", "inherit"] });
child.once("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
