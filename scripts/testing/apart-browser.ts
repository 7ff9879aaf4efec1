// A browser on a network of its own, as a customer's is: Chromium breaks off what it is loading whenever an interface of its machine
// comes or goes, and each new assistant brings one to this machine.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { succeeds } from "../setup/command.ts";
import { relay } from "./relay.ts";

const forwarder = fileURLToPath(new URL("forward-ports.ts", import.meta.url));
const onOwnNetwork = process.getuid?.() === 0 ? ["--net"] : ["--map-root-user", "--net"];

/**
 * Runs `use` with a program that starts `chromium` and reaches nothing but these ports of the loopback; with `chromium` itself
 * where no network can be made. Sockets of the file system lead from one network to the other.
 */
export async function withApartBrowser<T>(
  { chromium, ports }: { chromium: string; ports: readonly number[] },
  use: (program: string) => Promise<T>,
): Promise<T> {
  if (!(await succeeds("unshare", [...onOwnNetwork, "ip", "link", "set", "lo", "up"])))
    return await use(chromium);
  const directory = await mkdtemp(join(tmpdir(), "launch-browser-"));
  const relays = await Promise.all(
    ports.map((port) => relay({ path: join(directory, `${port}.socket`) }, { port, host: "localhost" })),
  );
  const program = join(directory, "browser");
  const words = ["unshare", ...onOwnNetwork, process.execPath, forwarder, directory, chromium];
  await writeFile(program, `#!/bin/sh\nexec ${words.map(quoted).join(" ")} "$@"\n`);
  await chmod(program, 0o755);
  try {
    return await use(program);
  } finally {
    for (const server of relays) server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
