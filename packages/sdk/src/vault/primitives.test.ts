// What the vault is built from, against vectors that others published.
import { argon2Sync } from "node:crypto";
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { hashRaw } from "@node-rs/argon2";
import { hash as bcryptHash } from "@node-rs/bcrypt";
import { readBcrypt } from "@openclaw-launch/core/testing/bcrypt";
import { describe, expect, test } from "vitest";
import { wycheproof } from "../testing/wycheproof.ts";
import { argon2id } from "./argon2.ts";
import { bcrypt } from "./bcrypt.ts";
import {
  type Bytes,
  concat,
  fromBase64,
  fromBase64Url,
  isEqual,
  randomBytes,
  toBase64,
  toBase64Url,
  toUtf8,
} from "./bytes.ts";
import { newId } from "./new-id.ts";

const bytesOf = (hex: string): Bytes => Uint8Array.from(Buffer.from(hex, "hex"));
const hexOf = (bytes: ArrayBuffer | Uint8Array) =>
  Buffer.from(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)).toString("hex");

describe("AES-256-GCM", () => {
  type Vector = {
    key: string;
    iv: string;
    aad: string;
    msg: string;
    ct: string;
    tag: string;
    result: string;
  };
  type Group = { ivSize: number; keySize: number; tagSize: number; tests: Vector[] };

  wycheproof<Group>(
    "aes_gcm",
    async ({ key, iv, aad, msg, ct, tag, result }, { ivSize, keySize, tagSize }) => {
      if (keySize !== 256 || ivSize !== 96 || tagSize !== 128) return false;
      const parameters = { name: "AES-GCM", iv: bytesOf(iv), additionalData: bytesOf(aad) };
      const imported = await crypto.subtle.importKey("raw", bytesOf(key), "AES-GCM", false, [
        "encrypt",
        "decrypt",
      ]);
      const opened = crypto.subtle.decrypt(parameters, imported, bytesOf(ct + tag));
      if (result === "valid") {
        expect(hexOf(await opened)).toBe(msg);
        expect(hexOf(await crypto.subtle.encrypt(parameters, imported, bytesOf(msg)))).toBe(ct + tag);
      } else await expect(opened).rejects.toThrow();
      return true;
    },
  );
});

describe("HKDF-SHA256", () => {
  const derive = async (ikm: Bytes, salt: Bytes, info: Bytes, size: number) => {
    const key = await crypto.subtle.importKey("raw", ikm, "HKDF", false, ["deriveBits"]);
    return crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, size * 8);
  };

  test("E2: RFC 5869, test case 1", async () => {
    const okm = await derive(
      bytesOf("0b".repeat(22)),
      bytesOf("000102030405060708090a0b0c"),
      bytesOf("f0f1f2f3f4f5f6f7f8f9"),
      42,
    );
    expect(hexOf(okm)).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  type Vector = { ikm: string; salt: string; info: string; size: number; okm: string; result: string };
  wycheproof<{ tests: Vector[] }>("hkdf_sha256", async ({ ikm, salt, info, size, okm, result }) => {
    const derived = derive(bytesOf(ikm), bytesOf(salt), bytesOf(info), size);
    if (result === "invalid") await expect(derived).rejects.toThrow();
    else expect(hexOf(await derived)).toBe(okm);
    return true;
  });
});

describe("X25519", () => {
  const pkcs8Prefix = bytesOf("302e020100300506032b656e04220420");
  type Vector = { public: string; private: string; shared: string; result: string };

  wycheproof<{ tests: Vector[] }>("x25519", async (vector) => {
    const pkcs8 = concat(pkcs8Prefix, bytesOf(vector.private));
    const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "X25519", false, ["deriveBits"]);
    const publicKey = await crypto.subtle.importKey("raw", bytesOf(vector.public), "X25519", false, []);
    const shared = crypto.subtle.deriveBits({ name: "X25519", public: publicKey }, privateKey, 256);
    // WebCrypto refuses an all-zero secret, which Wycheproof leaves open.
    if (/^0+$/.test(vector.shared)) await expect(shared).rejects.toThrow();
    else expect(hexOf(await shared)).toBe(vector.shared);
    return true;
  });
});

describe("HPKE", () => {
  test("B6: RFC 9180, A.1.1: opens what the authors sealed", async () => {
    const suite = new CipherSuite({
      kem: new DhkemX25519HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes128Gcm(),
    });
    const recipientKey = await suite.kem.deserializePrivateKey(
      bytesOf("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"),
    );
    const enc = bytesOf("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431");
    const info = bytesOf("4f6465206f6e2061204772656369616e2055726e");
    const ciphertext = bytesOf(
      "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
    );
    const opened = await suite.open({ recipientKey, enc, info }, ciphertext, bytesOf("436f756e742d30"));
    expect(Buffer.from(opened).toString()).toBe("Beauty is truth, truth beauty");
  });
});

describe("Argon2id", () => {
  test("E2: RFC 9106, section 5.3, holds for the implementation that checks ours", () => {
    const tag = argon2Sync("argon2id", {
      message: bytesOf("01".repeat(32)),
      nonce: bytesOf("02".repeat(16)),
      secret: bytesOf("03".repeat(8)),
      associatedData: bytesOf("04".repeat(12)),
      parallelism: 4,
      memory: 32,
      passes: 3,
      tagLength: 32,
    });
    expect(hexOf(tag)).toBe("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
  });

  test("E2: the reference implementation's vector", async () => {
    const input = {
      password: bytesOf(hexOf(Buffer.from("password"))),
      salt: bytesOf(hexOf(Buffer.from("somesalt"))),
    };
    const tag = await argon2id({ ...input, memory: 65_536, iterations: 2, parallelism: 1 });
    expect(hexOf(tag)).toBe("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
  });

  test("E2: three implementations agree on random input", async () => {
    for (const [memory, iterations, parallelism] of [
      [64, 1, 1],
      [256, 3, 1],
      [1024, 2, 2],
      [4096, 5, 4],
    ] as const) {
      const [password, salt] = [randomBytes(1 + memory / 32), randomBytes(16)];
      const ours = hexOf(await argon2id({ password, salt, memory, iterations, parallelism }));
      const options = { memoryCost: memory, timeCost: iterations, parallelism, outputLen: 32 };
      expect(hexOf(await hashRaw(password, { ...options, salt }))).toBe(ours);
      const parameters = {
        message: password,
        nonce: salt,
        memory,
        passes: iterations,
        parallelism,
        tagLength: 32,
      };
      expect(hexOf(argon2Sync("argon2id", parameters))).toBe(ours);
    }
  });
});

describe("bcrypt", () => {
  test.each([
    ["a", "$2a$12$8NJH3LsPrANStV6XtBakCez0cKHXVxmvxIlcz785vxAIZrihHZpeS"],
    ["abc", "$2a$12$EXRkfkdmXn2gzds2SSitu.MW9.gAVqa9eLS1//RYtYCmB1eLHg.9q"],
    ["abcdefghijklmnopqrstuvwxyz", "$2a$12$D4G5f18o7aMMfwasBL7GpuQWuP3pkrZrOAnqP.bmezbMng.QwJ/pG"],
    ["~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$12$WApznUOJfkEGSmYRfnkrPOr466oFDCaj4b6HY3EXGvfxm43seyhgC"],
  ])("A2: jBCrypt's vector for %s", async (password, hash) => {
    const { salt, digest } = readBcrypt(hash);
    const ours = await bcrypt({ password: toUtf8(password), salt: Uint8Array.from(salt), cost: 12 });
    expect(hexOf(ours)).toBe(hexOf(digest));
  });

  test("A2: another implementation agrees, whatever the letters, the length and the prefix", async () => {
    const passwords = [1, 2, 3, 71, 72, 73, 200].map((length) => "pä55 wörd € ".repeat(20).slice(0, length));
    for (const password of [...passwords, "é".repeat(37), "🔑", "e\u0301"]) {
      for (const version of ["2a", "2b", "2y"] as const) {
        const salt = randomBytes(16);
        const { digest } = readBcrypt(await bcryptHash(password, { salt, cost: 4, version }));
        expect(hexOf(await bcrypt({ password: toUtf8(password), salt, cost: 4 }))).toBe(hexOf(digest));
      }
    }
  });
});

describe("encodings", () => {
  test("base64 and base64url are the standard ones, and come back unchanged", () => {
    for (let length = 0; length < 70; length++) {
      const bytes = randomBytes(length);
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
    }
  });

  test("bytes are equal only when all are", () => {
    const bytes = randomBytes(32);
    expect(isEqual(bytes, bytes.slice())).toBe(true);
    expect(isEqual(bytes, bytes.slice(1))).toBe(false);
    for (let at = 0; at < bytes.length; at++)
      expect(isEqual(bytes, bytes.with(at, (bytes[at] ?? 0) ^ 1))).toBe(false);
  });

  test("ids are random UUIDs of version 4", () => {
    const ids = Array.from({ length: 1000 }, newId);
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
