import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import type { InstanceFile } from "../ports.ts";
import { instanceUser, stateDirectory } from "./docker-container.ts";
import { execute } from "./docker-exec.ts";

const incoming = ".incoming";

/** Into the volume of a container that doesn't run: a crash half-way is repaired by the next call, before anything reads. */
export async function placeFiles(container: Docker.Container, files: readonly InstanceFile[]): Promise<void> {
  await container.putArchive(await archiveOf(files, foldersOf(files)), { path: stateDirectory });
}

/** Into the volume of a running one, which watches its files: each appears under its name only when it is whole. */
export async function replaceFiles(
  container: Docker.Container,
  files: readonly InstanceFile[],
): Promise<void> {
  const staged = files.map((file, index) => ({ ...file, path: `${incoming}/${index}` }));
  await container.putArchive(await archiveOf(staged, [incoming, ...foldersOf(files)]), {
    path: stateDirectory,
  });
  for (const [index, file] of files.entries()) {
    const move = [
      "mv",
      "-f",
      "-T",
      `${stateDirectory}/${incoming}/${index}`,
      `${stateDirectory}/${file.path}`,
    ];
    const { exitCode, output } = await execute(container, move);
    if (exitCode !== 0) throw new Error(`${file.path} could not be put in its place: ${output}`);
  }
}

async function archiveOf(files: readonly InstanceFile[], folders: readonly string[]): Promise<Buffer> {
  const tar = pack();
  const whole = buffer(tar);
  for (const name of folders) tar.entry({ name, type: "directory", mode: 0o700, ...instanceUser });
  for (const { path, mode, content } of files) tar.entry({ name: path, mode, ...instanceUser }, content);
  tar.finalize();
  return whole;
}

/** Every folder that the files need, parents first. */
function foldersOf(files: readonly InstanceFile[]): string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const names = path.split("/").slice(0, -1);
    for (let depth = 1; depth <= names.length; depth++) folders.add(names.slice(0, depth).join("/"));
  }
  return [...folders];
}
