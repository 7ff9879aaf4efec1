import { argon2Sync, hkdfSync } from "node:crypto";
import { keyDerivation, keyDerivationFloor, registerInput } from "@openclaw-launch/core/auth/schema";
import { importedKey } from "@openclaw-launch/core/testing/bcrypt";
import { describe, expect, test } from "vitest";
import { randomBytes } from "./bytes.ts";
import { deriveImportedKey, deriveKeys, floor, newKeyDerivation } from "./derive-keys.ts";
import { deriveVaultKeys } from "./master-key.ts";
import { newAccount } from "./new-account.ts";
import { openPasswordSlot, sealPasswordSlot } from "./password-slot.ts";

const user = { id: "3e0a3e26-9c6f-4f6c-8f0e-2d3b8a0f7a02", userId: "3e0a3e26-9c6f-4f6c-8f0e-2d3b8a0f7a01" };

describe("A2: keys from a password", () => {
  test("are Argon2id, then HKDF, as another implementation computes them", async () => {
    const kdf = newKeyDerivation();
    const salt = Buffer.from(kdf.salt, "base64url");
    const parameters = {
      message: Buffer.from("Grüße"),
      nonce: salt,
      memory: 65_536,
      passes: 3,
      parallelism: 1,
      tagLength: 32,
    };
    const authKey = hkdfSync("sha256", argon2Sync("argon2id", parameters), salt, "ocl/v1/auth", 32);
    expect((await deriveKeys("Grüße", kdf)).authKey).toBe(Buffer.from(authKey).toString("base64url"));
  });

  test("don’t depend on how a keyboard composes letters", async () => {
    const kdf = newKeyDerivation();
    const composed = await deriveKeys("Gr\u00fc\u00dfe", kdf);
    const decomposed = await deriveKeys("Gru\u0308\u00dfe", kdf);
    expect(decomposed.authKey).toBe(composed.authKey);
    const slot = await sealPasswordSlot(composed.slotKey, { ...user, kdf }, randomBytes(32));
    await expect(openPasswordSlot(decomposed.slotKey, slot, { ...user, kdf })).resolves.toHaveLength(32);
  });

  test("are never derived more weakly than the floor, whatever the server asks for", async () => {
    const kdf = newKeyDerivation();
    const weak = [
      { ...kdf, memory: kdf.memory - 1 },
      { ...kdf, iterations: 2 },
      { ...kdf, parallelism: 0 },
      { ...kdf, salt: kdf.salt.slice(0, 10) },
      { ...kdf, algorithm: "pbkdf2" as "argon2id" },
    ];
    for (const parameters of weak) {
      await expect(deriveKeys("password", parameters)).rejects.toMatchObject({
        code: "vault.weak-key-derivation",
      });
    }
  });

  test("have a fresh salt each, and the floor that the server knows", () => {
    expect(keyDerivation.parse(newKeyDerivation())).toMatchObject(keyDerivationFloor);
    expect(newKeyDerivation().salt).not.toBe(newKeyDerivation().salt);
    expect(floor).toEqual(keyDerivationFloor);
  });
});

describe("A2: the key of an imported account", () => {
  const kdf = { algorithm: "bcrypt" as const, salt: newKeyDerivation().salt, cost: 12 };

  test("is bcrypt, then HKDF, as another implementation computes them", async () => {
    for (const password of ["Grüße", "Gru\u0308ße"])
      expect(await deriveImportedKey(password, kdf)).toBe(await importedKey(password, kdf));
  });

  test("is never derived where the stronger ones are asked for, nor at a lower cost than 12", async () => {
    await expect(deriveKeys("password", kdf)).rejects.toMatchObject({ code: "account.imported" });
    for (const weaker of [{ cost: 11 }, { salt: kdf.salt.slice(0, 10) }])
      await expect(deriveImportedKey("password", { ...kdf, ...weaker })).rejects.toMatchObject({
        code: "vault.weak-key-derivation",
      });
  });
});

describe("E2: the master key", () => {
  test("opens with the password, and with nothing else", async () => {
    const kdf = newKeyDerivation();
    const [right, wrong] = [await deriveKeys("right", kdf), await deriveKeys("wrong", kdf)];
    const master = randomBytes(32);
    const slot = await sealPasswordSlot(right.slotKey, { ...user, kdf }, master);
    expect(await openPasswordSlot(right.slotKey, slot, { ...user, kdf })).toEqual(master);
    const refused = { code: "vault.refused" };
    await expect(openPasswordSlot(wrong.slotKey, slot, { ...user, kdf })).rejects.toMatchObject(refused);
    await expect(openPasswordSlot(right.slotKey, slot, { userId: user.id, kdf })).rejects.toMatchObject(
      refused,
    );
    const others = { ...slot, id: user.userId };
    await expect(openPasswordSlot(right.slotKey, others, { ...user, kdf })).rejects.toMatchObject(refused);
    const otherKdf = { ...kdf, memory: kdf.memory * 2 };
    await expect(openPasswordSlot(right.slotKey, slot, { ...user, kdf: otherKdf })).rejects.toMatchObject(
      refused,
    );
  });

  test("always leads to the same keys, and none of them can be read", async () => {
    const master = randomBytes(32);
    const keys = await deriveVaultKeys(master);
    expect((await deriveVaultKeys(master)).publicSigningKey).toBe(keys.publicSigningKey);
    expect((await deriveVaultKeys(randomBytes(32))).publicSigningKey).not.toBe(keys.publicSigningKey);
    for (const key of [keys.masterKey, keys.configurationKey, keys.signingKey])
      expect(key.extractable).toBe(false);
  });

  test("of a new account travels only inside what the server accepts", async () => {
    const { account, authKey } = await newAccount("correct horse battery staple");
    const sent = { ...account, authKey, email: "ada@example.org" };
    expect(registerInput.parse(sent)).toEqual(sent);
    expect(JSON.stringify(sent)).not.toContain("correct horse");
  });
});
