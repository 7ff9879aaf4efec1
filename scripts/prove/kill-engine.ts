import { readFile } from "node:fs/promises";
import { ensureEngine } from "../setup/docker.ts";
import { nextMoment } from "./owner.ts";

/** Kills the container engine of this machine, and starts it again; without `live-restore`, every container ends with it. */
export async function killEngine({ data }: { data: string }): Promise<void> {
  const pid = Number(await readFile("/var/run/docker.pid", "utf8"));
  process.kill(pid, "SIGKILL");
  while (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")) await nextMoment();
  await ensureEngine({ logs: data, report: () => undefined });
}
