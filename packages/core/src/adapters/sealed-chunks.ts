import { createCipheriv, createDecipheriv } from "node:crypto";

const magic = Buffer.from("OCB1");
const chunkLength = 64 * 1024;
const tagLength = 16;

/**
 * Seals a stream of any length, chunk by chunk (the STREAM construction): AES-256-GCM, whose nonce counts the chunks and marks the last
 * one, so that none can be changed, moved, left out or added unseen. A key seals one stream in its life.
 */
export async function* sealChunks(
  key: Uint8Array,
  context: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  yield magic;
  for await (const { piece, nonce } of pieces(content, chunkLength)) {
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Yields only what is authentic. Throws at the first chunk that isn't what was sealed with this key and context. */
export async function* openChunks(
  key: Uint8Array,
  context: string,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  for await (const { piece, nonce } of pieces(withoutMagic(sealed), chunkLength + tagLength)) {
    if (piece.length < tagLength) throw new Error("The stream is too short.");
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength })
      .setAAD(Buffer.from(context))
      .setAuthTag(piece.subarray(piece.length - tagLength));
    yield Buffer.concat([decipher.update(piece.subarray(0, piece.length - tagLength)), decipher.final()]);
  }
}

async function* withoutMagic(sealed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  let passed = false;
  for await (const part of sealed) {
    if (passed) {
      yield part;
      continue;
    }
    head = Buffer.concat([head, part]);
    if (head.length < magic.length) continue;
    if (!head.subarray(0, magic.length).equals(magic)) break;
    passed = true;
    yield head.subarray(magic.length);
  }
  if (!passed) throw new Error("The stream doesn't begin as a sealed one does.");
}

/** All of this length but the last one, which may be shorter. */
async function* pieces(
  content: AsyncIterable<Uint8Array>,
  length: number,
): AsyncGenerator<{ piece: Buffer; nonce: Buffer }> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let index = 0;
  for await (const part of content) {
    waiting.push(part);
    size += part.length;
    if (size <= length) continue;
    let whole = Buffer.concat(waiting);
    for (; whole.length > length; whole = whole.subarray(length))
      yield { piece: whole.subarray(0, length), nonce: nonceOf(index++, false) };
    [waiting, size] = [[whole], whole.length];
  }
  yield { piece: Buffer.concat(waiting), nonce: nonceOf(index, true) };
}

function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt8(last ? 1 : 0, 0);
  nonce.writeBigUInt64BE(BigInt(index), 4);
  return nonce;
}
