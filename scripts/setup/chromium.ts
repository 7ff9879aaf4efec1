import { join } from "node:path";
import { command, succeeds } from "./command.ts";
import { canInstallPackages, installPackages } from "./debian.ts";

const macOs = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
/** Chromium without its windows comes first: it takes a third of the processor. Not every Debian has it as a package. */
const packages = ["chromium-headless-shell", "chromium"];
const commands = [...packages, "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Path of a Chromium or Chrome; installs Debian's where that is possible. Throws with what a person has to do. */
export async function ensureChromium(options: {
  logs: string;
  report: (detail: string) => void;
}): Promise<string> {
  const found = await findChromium();
  if (found) return found;
  if (await canInstallPackages()) {
    options.report("installing it");
    for (const name of packages) {
      const logFile = join(options.logs, `install-${name}.log`);
      await installPackages([name], { logFile }).catch(() => undefined); // the advice below tells
      const installed = await findChromium();
      if (installed) return installed;
    }
  }
  throw new Error(
    "The browser tests need Chromium. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH to one.",
  );
}

async function findChromium(): Promise<string | null> {
  const given = process.env["CHROMIUM_PATH"];
  if (given) return given;
  for (const name of commands) {
    const path = await command("sh", ["-c", `command -v ${name}`]).catch(() => "");
    if (path && (await succeeds(path, ["--version"]))) return path;
  }
  return (await succeeds(macOs, ["--version"])) ? macOs : null;
}
