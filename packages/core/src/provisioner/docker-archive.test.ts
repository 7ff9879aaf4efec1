import type Docker from "dockerode";
import { expect, test } from "vitest";
import { placeArchive } from "./docker-archive.ts";

test("B3: an archive that the engine doesn't take to its end is let go of", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  async function* archive() {
    try {
      for (;;) yield Buffer.alloc(65_536);
    } finally {
      release();
    }
  }
  const putArchive = async (content: AsyncIterable<Uint8Array>) => {
    const { done } = await content[Symbol.asyncIterator]().next();
    throw new Error(done ? "nothing came" : "no space left on device");
  };
  const container = { putArchive } as unknown as Docker.Container;
  await expect(placeArchive(container, archive())).rejects.toThrow("no space left on device");
  await released;
});
