import { readFile } from "node:fs/promises";
import { command, succeeds } from "./command.ts";

/** Whether we may install Debian packages here. */
export async function canInstallPackages(): Promise<boolean> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

/** Installs what is missing of these packages; those that the release doesn't know are left out when `optional` names them. */
export async function installPackages(
  packages: readonly string[],
  options: { optional?: readonly string[]; logFile: string },
): Promise<void> {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // An interrupted installation before this one leaves the package database locked in the middle.
  await succeeds("dpkg", ["--configure", "-a"], { environment });
  await command("apt-get", ["update", "-qq"], { environment, logFile: options.logFile });
  const extra: string[] = [];
  for (const name of options.optional ?? []) if (await hasCandidate(name)) extra.push(name);
  await command("apt-get", ["install", "-y", "--no-install-recommends", ...packages, ...extra], {
    environment,
    logFile: options.logFile,
  });
}

async function hasCandidate(name: string): Promise<boolean> {
  const policy = await command("apt-cache", ["policy", name]).catch(() => "");
  return /Candidate: (?!\(none\))/.test(policy);
}
