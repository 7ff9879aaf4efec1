import { createCipheriv, hkdfSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { LaunchError } from "../errors.ts";
import { type Bytes, fromBase64, randomBytes, toBase64, toUtf8 } from "./bytes.ts";
import { open, type Subject, seal } from "./envelope.ts";
import { importHkdfKey } from "./hkdf.ts";

const secret = randomBytes(32);
const key = await importHkdfKey(secret);
const kdf = {
  algorithm: "argon2id",
  salt: "AAAAAAAAAAAAAAAAAAAAAA",
  memory: 65_536,
  iterations: 3,
  parallelism: 1,
} as const;
const subject: Subject = {
  purpose: "password-slot",
  userId: "3e0a3e26-9c6f-4f6c-8f0e-2d3b8a0f7a01",
  objectType: "slot",
  objectId: "3e0a3e26-9c6f-4f6c-8f0e-2d3b8a0f7a02",
  revision: 3,
  kdf,
};
const plaintext = toUtf8("the token of Ada’s bot");

/** The error, which must be one and the same whatever the reason. */
const refused = new LaunchError("vault.refused");
const expectRefused = (opening: Promise<Bytes>) => expect(opening).rejects.toStrictEqual(refused);

describe("E2: an envelope", () => {
  test("opens under the same key and facts, and never looks the same twice", async () => {
    const [first, second] = [await seal(key, subject, plaintext), await seal(key, subject, plaintext)];
    expect(await open(key, subject, first)).toEqual(plaintext);
    expect(await open(key, subject, second)).toEqual(plaintext);
    expect(first).not.toBe(second);
    expect(Buffer.from(first, "base64").includes(Buffer.from(plaintext))).toBe(false);
  });

  test("holds content of every length up to the limit", async () => {
    for (const length of [0, 1, 1019, 1020, 1021, 100_000]) {
      const content = new Uint8Array(length).fill(7);
      expect(await open(key, subject, await seal(key, subject, content))).toEqual(content);
    }
    const largest = 255 * 1024 - 4;
    expect(fromBase64(await seal(key, subject, new Uint8Array(largest))).length).toBeLessThanOrEqual(
      256 * 1024,
    );
    await expect(seal(key, subject, new Uint8Array(largest + 1))).rejects.toMatchObject({
      code: "vault.too-large",
    });
  });

  test("is refused with the same error whichever byte is changed", async () => {
    const envelope = fromBase64(await seal(key, subject, plaintext));
    for (let at = 0; at < envelope.length; at++) {
      await expectRefused(open(key, subject, toBase64(envelope.with(at, (envelope[at] ?? 0) ^ 0x20))));
    }
  });

  test("is refused with the same error when cut, extended, of another suite or no envelope at all", async () => {
    const envelope = fromBase64(await seal(key, subject, plaintext));
    for (const length of [0, 1, 5, 80, 81, 96, 97, envelope.length - 1]) {
      await expectRefused(open(key, subject, toBase64(envelope.subarray(0, length))));
    }
    await expectRefused(open(key, subject, toBase64(Buffer.concat([envelope, Buffer.alloc(1)]))));
    await expectRefused(open(key, subject, toBase64(Buffer.concat([envelope, Buffer.alloc(256 * 1024)]))));
    for (const suite of [0, 2, 255])
      await expectRefused(open(key, subject, toBase64(envelope.with(4, suite))));
    await expectRefused(open(key, subject, "no base64!"));
  });

  test("is refused under another key", async () => {
    await expectRefused(
      open(await importHkdfKey(randomBytes(32)), subject, await seal(key, subject, plaintext)),
    );
  });

  test("is refused in any other place than its own", async () => {
    const envelope = await seal(key, subject, plaintext);
    const { kdf: _, ...withoutKdf } = subject;
    const elsewhere: Subject[] = [
      { ...subject, purpose: "index" },
      { ...subject, userId: "3e0a3e26-9c6f-4f6c-8f0e-2d3b8a0f7a09" },
      { ...subject, objectType: "config" },
      { ...subject, objectId: "3e0a3e26-9c6f-4f6c-8f0e-2d3b8a0f7a09" },
      { ...subject, revision: 4 },
      { ...subject, userId: `${subject.userId}slot`, objectType: "" as "slot" },
      { ...subject, kdf: { ...kdf, salt: "BAAAAAAAAAAAAAAAAAAAAA" } },
      { ...subject, kdf: { ...kdf, memory: 131_072 } },
      { ...subject, kdf: { ...kdf, iterations: 4 } },
      { ...subject, kdf: { ...kdf, parallelism: 2 } },
      withoutKdf,
    ];
    for (const other of elsewhere) await expectRefused(open(key, other, envelope));
  });

  test("commits to its key: a ciphertext that another key would open too is refused", async () => {
    // An envelope whose AES-GCM part is valid under the other key, but whose commitment is that of the first.
    const envelope = Buffer.from(await seal(key, subject, plaintext), "base64");
    const [salt, iv, commit] = [
      envelope.subarray(5, 37),
      envelope.subarray(37, 49),
      envelope.subarray(49, 81),
    ];
    const otherSecret = randomBytes(32);
    const encryptionKey = hkdfSync("sha256", otherSecret, salt, "ocl/v1/envelope/password-slot/key", 32);
    const cipher = createCipheriv("aes-256-gcm", Buffer.from(encryptionKey), iv);
    cipher.setAAD(Buffer.concat([authenticated(subject), salt, commit]));
    const ciphertext = Buffer.concat([
      cipher.update(Buffer.alloc(1024)),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    const forged = Buffer.concat([envelope.subarray(0, 81), ciphertext]);
    await expectRefused(open(await importHkdfKey(otherSecret), subject, forged.toString("base64")));

    // The same construction with the right commitment opens, so it was the commitment that decided.
    const ownCommit = Buffer.from(
      hkdfSync("sha256", otherSecret, salt, "ocl/v1/envelope/password-slot/commit", 32),
    );
    const honest = createCipheriv("aes-256-gcm", Buffer.from(encryptionKey), iv);
    honest.setAAD(Buffer.concat([authenticated(subject), salt, ownCommit]));
    const body = Buffer.concat([honest.update(Buffer.alloc(1024)), honest.final(), honest.getAuthTag()]);
    const valid = Buffer.concat([envelope.subarray(0, 49), ownCommit, body]).toString("base64");
    expect(await open(await importHkdfKey(otherSecret), subject, valid)).toEqual(new Uint8Array(0));
  });

  test("tells its content’s length only in steps of 1 KiB", async () => {
    const lengthFor = async (length: number) =>
      fromBase64(await seal(key, subject, new Uint8Array(length))).length;
    expect(await lengthFor(0)).toBe(await lengthFor(1020));
    expect(await lengthFor(1021)).toBe((await lengthFor(0)) + 1024);
  });
});

/** The layout once more, written independently: header, count, then each field after its length. */
function authenticated({ purpose, userId, objectType, objectId, revision }: Subject): Buffer {
  const fields = [
    purpose,
    userId,
    objectType,
    objectId,
    `${revision}`,
    "argon2id",
    kdf.salt,
    "65536",
    "3",
    "1",
  ];
  const number = (value: number) => Buffer.from([0, 0, value >> 8, value & 255]);
  return Buffer.concat([
    Buffer.from("OCV1\u0001"),
    number(fields.length),
    ...fields.flatMap((field) => [number(field.length), Buffer.from(field)]),
  ]);
}
