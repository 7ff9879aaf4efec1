import { hkdfSync } from "node:crypto";
import { hash } from "@node-rs/bcrypt";
import type { AnyKeyDerivation } from "../auth/schema.ts";

const bcryptLetters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const decode = (text: string) =>
  Buffer.from([...text].map((letter) => base64Letters[bcryptLetters.indexOf(letter)]).join(""), "base64");

/** 16 and 23 bytes. */
export const readBcrypt = (hash: string) => ({
  salt: decode(hash.slice(7, 29)),
  digest: decode(hash.slice(29)),
});

/** What the browser derives for an imported account, by another implementation than the browser's. */
export async function importedKey(password: string, kdf: AnyKeyDerivation): Promise<string> {
  if (kdf.algorithm !== "bcrypt") throw new Error("not an imported account");
  const salt = Buffer.from(kdf.salt, "base64url");
  const { digest } = readBcrypt(await hash(password, { salt, cost: kdf.cost }));
  return Buffer.from(hkdfSync("sha256", digest, salt, "ocl/v1/auth/bcrypt", 32)).toString("base64url");
}
