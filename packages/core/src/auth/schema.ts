import { z } from "zod";

export const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

/** 32 bytes, base64url without padding. */
export const key256 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** Standard base64 of at most `bytes` bytes. */
export const base64Bytes = (bytes: number) => z.base64().max(Math.ceil(bytes / 3) * 4);

/** How the browser derives its keys from the password. Memory in KiB; salt is 16 bytes, base64url. */
export const keyDerivation = z.strictObject({
  algorithm: z.literal("argon2id"),
  salt: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  memory: z.int().min(8).max(1_048_576),
  iterations: z.int().min(1).max(64),
  parallelism: z.int().min(1).max(16),
});
export type KeyDerivation = z.infer<typeof keyDerivation>;

/** Below this, the client refuses to derive and the server to register. */
export const keyDerivationFloor = { memory: 65_536, iterations: 3, parallelism: 1 } as const;

export const preloginInput = z.strictObject({ email });
export const preloginOutput = z.strictObject({ kdf: keyDerivation });

export const registerInput = z.strictObject({
  /** Made by the client: it stands in the authenticated data of every envelope. */
  userId: z.uuidv4(),
  email,
  kdf: keyDerivation,
  authKey: key256,
  slot: z.strictObject({ id: z.uuidv4(), envelope: base64Bytes(4096) }),
});

export const loginInput = z.strictObject({ email, authKey: key256 });

export const me = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  role: z.enum(["user", "admin"]),
  createdAt: z.date(),
});
