import { existsSync } from "node:fs";
import {
  link,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import type { RunCommand } from "../adapters/run-command.ts";
import { instanceUser } from "./docker-container.ts";
import { objectName } from "./docker-names.ts";

type Options = {
  /** Of the worker alone; one sparse file per instance lies there. */
  folder: string;
  prefix: string;
  megabytes: number;
  run: RunCommand;
};

export type LoopDisks = {
  /** Makes the disk of an instance where it is missing. Returns the path by which the engine mounts it. */
  provide(instanceId: string): Promise<string>;
  /** Before anything mounts it: a restart of the host forgets which device is whose. An instance without a disk is fine. */
  attach(instanceId: string): Promise<void>;
  /** Attached, and looked at by nobody, while `act` has the engine mount it: what is mounted read-only is not mounted to be written. */
  whileAttached<T>(instanceId: string, act: () => Promise<T>): Promise<T>;
  /** Leaves neither file nor device. */
  remove(instanceId: string): Promise<void>;
  /** Ids of the instances that have one. */
  list(): Promise<string[]>;
  /** Mounts the disk of an instance that doesn't run, read-only, while `look` looks. */
  peek<T>(instanceId: string, look: (folder: string) => Promise<T>): Promise<T>;
};

const ending = ".ext4";

/**
 * A disk of its own for every instance: an ext4 file system in a sparse file, on a loop device. What is written beyond its size fails
 * with ENOSPC. The engine knows the device by a link of ours, since its number changes with every restart of the host.
 */
export function loopDisks({ folder, prefix, megabytes, run }: Options): LoopDisks {
  const pathOf = (instanceId: string, suffix: string) =>
    join(folder, `${objectName(prefix, instanceId)}${suffix}`);
  const fileOf = (instanceId: string) => pathOf(instanceId, ending);
  const linkOf = (instanceId: string) => pathOf(instanceId, ".device");
  const queues = new Map<string, Promise<unknown>>();

  /** One after the other for each instance: a file on two devices is a broken file. */
  function inTurn<T>(instanceId: string, act: () => Promise<T>): Promise<T> {
    const turn = (queues.get(instanceId) ?? Promise.resolve()).then(act, act);
    const settled = turn
      .catch(() => undefined)
      .finally(() => queues.get(instanceId) === settled && queues.delete(instanceId));
    queues.set(instanceId, settled);
    return turn;
  }

  async function must(file: string, args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await run(file, args);
    if (exitCode !== 0) throw new Error(`${file} failed: ${stderr.trim()}`);
    return stdout.trim();
  }

  /** Appears under its name only when it is whole. */
  async function make(instanceId: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = pathOf(instanceId, ".new");
    await rm(draft, { force: true });
    await writeFile(draft, "", { mode: 0o600 });
    await truncate(draft, megabytes * 1024 ** 2);
    const { uid, gid } = instanceUser;
    const layout = `root_owner=${uid}:${gid},lazy_itable_init=1,nodiscard`;
    await must("mkfs.ext4", ["-q", "-F", "-m", "0", "-J", "size=8", "-E", layout, draft]);
    // Programs that walk through their folder would stumble over it; e2fsck makes it anew when it needs one.
    await must("debugfs", ["-w", "-R", "rmdir lost+found", draft]);
    await link(draft, fileOf(instanceId));
    await rm(draft);
  }

  const peekOf = (instanceId: string) => pathOf(instanceId, ".peek");

  /** Also after a process that died while it looked: the engine could not mount the disk. */
  async function endPeek(instanceId: string): Promise<void> {
    if (!existsSync(peekOf(instanceId))) return;
    await run("umount", [peekOf(instanceId)]);
    await rmdir(peekOf(instanceId));
  }

  async function attached(instanceId: string): Promise<string> {
    await endPeek(instanceId);
    const device = await must("losetup", ["--nooverlap", "--find", "--show", fileOf(instanceId)]);
    if ((await readlink(linkOf(instanceId)).catch(() => null)) !== device) {
      const draft = pathOf(instanceId, ".device.new");
      await rm(draft, { force: true });
      await symlink(device, draft);
      await rename(draft, linkOf(instanceId));
    }
    return device;
  }

  async function list(): Promise<string[]> {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return names
      .filter((name) => name.startsWith(`${prefix}-`) && name.endsWith(ending))
      .map((name) => name.slice(prefix.length + 1, -ending.length));
  }

  const exists = async (instanceId: string) => (await list()).includes(instanceId);

  return {
    provide: (instanceId) =>
      inTurn(instanceId, async () => {
        if (!(await exists(instanceId))) await make(instanceId);
        await attached(instanceId);
        return linkOf(instanceId);
      }),
    attach: (instanceId) =>
      inTurn(instanceId, async () => {
        if (await exists(instanceId)) await attached(instanceId);
      }),
    whileAttached: (instanceId, act) =>
      inTurn(instanceId, async () => {
        if (await exists(instanceId)) await attached(instanceId);
        return act();
      }),
    remove: (instanceId) =>
      inTurn(instanceId, async () => {
        await endPeek(instanceId);
        if (await exists(instanceId)) {
          const devices = await must("losetup", [
            "--noheadings",
            "--output",
            "NAME",
            "-j",
            fileOf(instanceId),
          ]);
          for (const device of devices.split("\n").filter(Boolean))
            await must("losetup", ["-d", device.trim()]);
        }
        for (const suffix of [".device", ".device.new", ".new", ending])
          await rm(pathOf(instanceId, suffix), { force: true });
      }),
    list,
    peek: (instanceId, look) =>
      inTurn(instanceId, async () => {
        const device = await attached(instanceId);
        const mountPoint = peekOf(instanceId);
        await mkdir(mountPoint, { recursive: true, mode: 0o700 });
        await must("mount", ["-t", "ext4", "-o", "ro,nodev,nosuid,noexec", device, mountPoint]);
        try {
          return await look(mountPoint);
        } finally {
          await endPeek(instanceId);
        }
      }),
  };
}

/** Whether this host lets us attach loop devices: tried once, with a file of a megabyte. */
export async function canAttach(folder: string, run: RunCommand): Promise<boolean> {
  const file = join(folder, "trial");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, "", { mode: 0o600 });
    await truncate(file, 1024 ** 2);
    const attach = () => run("losetup", ["--nooverlap", "--find", "--show", file]);
    const attached = await attach();
    if (attached.exitCode !== 0) return false;
    // Who may open the devices, and is not root, attaches a file once and can't find it again.
    const found = await attach();
    const detached = await run("losetup", ["-d", attached.stdout.trim()]);
    const tools = await Promise.all([run("mkfs.ext4", ["-V"]), run("debugfs", ["-V"])]);
    return [found, detached, ...tools].every((result) => result.exitCode === 0);
  } catch {
    return false;
  } finally {
    await rm(file, { force: true });
  }
}
