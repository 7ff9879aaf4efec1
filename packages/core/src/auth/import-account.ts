import { hkdfSync } from "node:crypto";
import type { z } from "zod";
import { recordEvent } from "../audit/record-event.ts";
import type { Actor } from "../system.ts";
import { isTaken } from "./create-account.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { hashAuthKey } from "./hash-auth-key.ts";
import type { ImportedKeyDerivation, importAccountInput } from "./schema.ts";

type Operator = Extract<Actor, { kind: "operator" }>;

/**
 * Opens an account for somebody of an older installation, whose password was kept as a bcrypt hash. What is stored is made from that
 * hash as the browser will make it from the password; the hash itself is not kept. There is no vault before the first sign-in.
 * An address that has an account stays as it is.
 */
export async function importAccount(
  sys: AuthSystem,
  actor: Operator,
  { email, passwordHash: bcryptHash, emailVerified }: z.infer<typeof importAccountInput>,
): Promise<"imported" | "exists"> {
  if (await sys.db.user.findUnique({ where: { email }, select: { id: true } })) return "exists";
  const { kdf, authKey } = fromBcrypt(bcryptHash);
  const passwordHash = await hashAuthKey(sys, authKey);
  const createdAt = sys.clock.now();
  const id = sys.random.uuid();
  try {
    await sys.db.$transaction(async (tx) => {
      await tx.user.create({
        data: { id, email, emailVerifiedAt: emailVerified ? createdAt : null, passwordHash, kdf, createdAt },
      });
      await recordEvent(tx, sys, actor, {
        action: "account.imported",
        targetId: id,
        userId: id,
        details: { emailVerified },
      });
    });
  } catch (error) {
    if (isTaken(error)) return "exists"; // somebody signed up meanwhile
    throw error;
  }
  return "imported";
}

/** `$2b$12$`, 22 characters of salt, 31 of digest. The letter says which program made it; for UTF-8 they all compute the same. */
function fromBcrypt(hash: string): { kdf: ImportedKeyDerivation; authKey: string } {
  const salt = fromBcryptBase64(hash.slice(7, 29));
  const key = hkdfSync("sha256", fromBcryptBase64(hash.slice(29)), salt, "ocl/v1/auth/bcrypt", 32);
  return {
    kdf: { algorithm: "bcrypt", salt: salt.toString("base64url"), cost: Number(hash.slice(4, 6)) },
    authKey: Buffer.from(key).toString("base64url"),
  };
}

const bcryptAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The same bits as base64, in other letters. */
const fromBcryptBase64 = (text: string): Buffer =>
  Buffer.from(
    text.replace(/./g, (letter) => base64Alphabet[bcryptAlphabet.indexOf(letter)] ?? ""),
    "base64",
  );
