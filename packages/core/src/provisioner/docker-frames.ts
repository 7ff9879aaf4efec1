import { addAbortSignal, type Readable } from "node:stream";

/** What the engine sends of a container's output: one write of the container or of the log. */
export type Frame = { stream: "stdout" | "stderr"; payload: Buffer };

const headerLength = 8;

/** Takes the engine's multiplexed stream apart: a header (stream, three zero bytes, big-endian length), then the payload. */
export async function* readFrames(stream: AsyncIterable<Buffer>): AsyncIterable<Frame> {
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= headerLength) {
      const end = headerLength + rest.readUInt32BE(4);
      if (rest.length < end) break;
      yield { stream: rest[0] === 2 ? "stderr" : "stdout", payload: rest.subarray(headerLength, end) };
      rest = rest.subarray(end);
    }
  }
}

/** Ends quietly when the signal aborts, and when the engine breaks the connection off. */
export async function* untilClosed(
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
): AsyncIterable<Buffer> {
  const source = addAbortSignal(signal, stream as Readable);
  try {
    for await (const chunk of source) yield chunk;
  } catch (error) {
    if (!signal.aborted && !isBrokenOff(error)) throw error;
  }
}

const isBrokenOff = (error: unknown) =>
  error instanceof Error &&
  "code" in error &&
  (error.code === "ECONNRESET" || error.code === "ERR_STREAM_PREMATURE_CLOSE");
