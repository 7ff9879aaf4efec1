import { readdir, readFile, readlink } from "node:fs/promises";
import { command } from "./command.ts";

/** Who listens on a TCP port, as "command line (pid 123)"; null when this can't be found out. */
export async function portOwner(port: number): Promise<string | null> {
  const pid = process.platform === "linux" ? await listenerOnLinux(port) : await listenerByLsof(port);
  if (pid === null) return null;
  return `${(await commandLine(pid)).slice(0, 100)} (pid ${pid})`;
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform !== "linux")
    return await command("ps", ["-p", String(pid), "-o", "args="]).catch(() => "a process");
  const words = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
  return (
    words
      .map((word) => word.split("/").slice(-3).join("/"))
      .join(" ")
      .trim() || "a process"
  );
}

async function listenerOnLinux(port: number): Promise<number | null> {
  const sockets = await listeningSockets(port);
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const folder = `/proc/${entry}/fd`;
    const descriptors = await readdir(folder).catch(() => []);
    const targets = await Promise.all(
      descriptors.map((name) => readlink(`${folder}/${name}`).catch(() => "")),
    );
    if (targets.some((target) => sockets.has(target))) return Number(entry);
  }
  return null;
}

async function listeningSockets(port: number): Promise<Set<string>> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = tables.flatMap((table) => table.split("\n").map((line) => line.trim().split(/\s+/)));
  const listening = rows.filter(([, local, , state]) => local?.endsWith(suffix) && state === "0A");
  return new Set(listening.map((fields) => `socket:[${fields[9]}]`));
}

async function listenerByLsof(port: number): Promise<number | null> {
  const pids = await command("lsof", ["-nP", "-t", `-iTCP:${port}`, "-sTCP:LISTEN"]).catch(() => "");
  return Number(pids.split("\n")[0]) || null;
}
