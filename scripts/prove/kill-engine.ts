import { readFile, rm } from "node:fs/promises";
import { ensureEngine } from "../setup/docker.ts";
import { nextMoment } from "./owner.ts";

/** Of the engine, and of what it starts and takes along when it dies. */
const pidFiles = ["/var/run/docker.pid", "/var/run/docker/containerd/containerd.pid"];

/** Kills the container engine of this machine, and starts it again; without `live-restore`, every container ends with it. */
export async function killEngine({ data }: { data: string }): Promise<void> {
  const pids = await Promise.all(pidFiles.map(async (file) => Number(await readFile(file, "utf8"))));
  const [engine] = pids;
  if (!engine) throw new Error("There is no engine to kill.");
  process.kill(engine, "SIGKILL");
  for (const pid of pids)
    while (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")) await nextMoment();
  // A process that nobody waited for is still there, and the next engine would take it for a running one.
  for (const file of pidFiles) await rm(file, { force: true });
  await ensureEngine({ logs: data, report: () => undefined });
}
