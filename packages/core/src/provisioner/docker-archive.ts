import { Readable } from "node:stream";
import type Docker from "dockerode";
import { stateDirectory } from "./docker-container.ts";

/** Names begin with "./". */
export async function* readArchive(container: Docker.Container): AsyncIterable<Uint8Array> {
  yield* (await container.getArchive({ path: `${stateDirectory}/.` })) as AsyncIterable<Uint8Array>;
}

/** The engine unpacks it with the container's own root for its root: a link in it leads nowhere else. */
export async function placeArchive(
  container: Docker.Container,
  archive: AsyncIterable<Uint8Array>,
): Promise<void> {
  const [content, broken] = [Readable.from(archive), new AbortController()];
  content.once("error", (error) => broken.abort(error));
  try {
    await container.putArchive(content, { path: stateDirectory, abortSignal: broken.signal });
  } finally {
    // What the engine didn't take to its end is let go of.
    content.destroy();
    broken.signal.throwIfAborted();
  }
}
