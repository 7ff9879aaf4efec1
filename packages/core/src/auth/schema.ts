import { z } from "zod";
import { text } from "../api/schema.ts";
import { answer as passkeyAnswer } from "../passkeys/schema.ts";

export const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

/** 32 bytes, base64url without padding. */
export const key256 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** Standard base64 of at most `bytes` bytes. */
export const base64Bytes = (bytes: number) => z.base64().max(Math.ceil(bytes / 3) * 4);

/** 16 bytes, base64url. */
const salt = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

/** How the browser derives its keys from the password. Memory in KiB. */
export const keyDerivation = z.strictObject({
  algorithm: z.literal("argon2id"),
  salt,
  memory: z.int().min(8).max(1_048_576),
  iterations: z.int().min(1).max(64),
  parallelism: z.int().min(1).max(16),
});
export type KeyDerivation = z.infer<typeof keyDerivation>;

/** Below this, the client refuses to derive and the server to register. */
export const keyDerivationFloor = { memory: 65_536, iterations: 3, parallelism: 1 } as const;

/** How it derives the key of an account that was imported from an older installation, once: the first sign-in replaces it. */
export const importedKeyDerivation = z.strictObject({
  algorithm: z.literal("bcrypt"),
  salt,
  cost: z.int().min(12).max(15),
});
export type ImportedKeyDerivation = z.infer<typeof importedKeyDerivation>;

export const anyKeyDerivation = z.discriminatedUnion("algorithm", [keyDerivation, importedKeyDerivation]);
export type AnyKeyDerivation = z.infer<typeof anyKeyDerivation>;

export const preloginInput = z.strictObject({ email });
export const preloginOutput = z.strictObject({ kdf: anyKeyDerivation });

/** An account of an older installation. */
export const importAccountInput = z.strictObject({
  email,
  passwordHash: z
    .string()
    .regex(
      /^\$2[aby]\$1[2-5]\$[./A-Za-z0-9]{53}$/,
      "must be a bcrypt hash ($2a$, $2b$ or $2y$) of cost 12 to 15",
    ),
  /** Whether the older installation made sure that the mailbox is theirs. */
  emailVerified: z.boolean().default(false),
});

/** What a new password brings: its key, and the vault's master key sealed with its other one. */
const passwordKeys = z.strictObject({
  kdf: keyDerivation,
  authKey: key256,
  slot: z.strictObject({ id: z.uuidv4(), envelope: base64Bytes(4096) }),
});

export const registerInput = passwordKeys.extend({
  /** Made by the client: it stands in the authenticated data of every envelope. */
  userId: z.uuidv4(),
  email,
});

export const loginInput = z.strictObject({ email, authKey: key256 });

export const me = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  role: z.enum(["user", "admin"]),
  createdAt: z.date(),
});

export const secondFactor = z.enum(["passkey", "totp", "recovery-code"]);
export type SecondFactor = z.infer<typeof secondFactor>;

type FirstStep = "password" | "google" | "github";
/** How somebody signed in, for the audit log. */
export type SignInMethod = FirstStep | `${FirstStep}+${SecondFactor}` | "passkey" | "invitation";

/** `me` is null while a second factor is owed: one of `factors`. */
export const signedIn = z.strictObject({ me: me.nullable(), factors: z.array(secondFactor) });

/** Six digits, however they were typed. */
export const totpCode = z
  .string()
  .max(20)
  .transform((typed) => typed.replace(/[\s-]/g, ""))
  .pipe(z.string().regex(/^\d{6}$/));

/** As it was shown, however it was typed. */
export const recoveryCode = z
  .string()
  .max(40)
  .transform((typed) => typed.toLowerCase().replace(/[\s-]/g, ""))
  .pipe(z.string().regex(/^[a-z2-7]{16}$/));

const totpProof = z.strictObject({ kind: z.literal("totp"), code: totpCode });
const recoveryProof = z.strictObject({ kind: z.literal("recovery-code"), code: recoveryCode });
const passkeyProof = passkeyAnswer.extend({ kind: z.literal("passkey") });

export const codeProof = z.discriminatedUnion("kind", [totpProof, recoveryProof]);
export type CodeProof = z.infer<typeof codeProof>;

export const factorProof = z.discriminatedUnion("kind", [totpProof, recoveryProof, passkeyProof]);
export type FactorProof = z.infer<typeof factorProof>;

export const verifySecondFactorInput = z.strictObject({ proof: factorProof });
/** Passkeys are made for the dashboard's host: the admin app has another. */
export const verifyCodeInput = z.strictObject({ proof: codeProof });

/** What shows again that it is the owner: the password's key, a code of the authenticator app, or a passkey. */
export const stepUpInput = z.strictObject({
  proof: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("password"), authKey: key256 }),
    totpProof,
    passkeyProof,
  ]),
});

/** Operators have a password, whatever else. */
export const adminStepUpInput = z.strictObject({ authKey: key256 });

/** Replaces the password; the old one is proven in the same call. The vault's master key stays: only its slot is sealed anew. */
export const changePasswordInput = passwordKeys.extend({ currentAuthKey: key256 });

/** For an account that has none. */
export const setPasswordInput = passwordKeys;

/** What a link in a mail carries behind its `#`. */
export const mailTokenInput = z.strictObject({ token: z.string().max(100) });

export const requestResetInput = z.strictObject({ email });
/** `proof` is asked for when the account has a second factor: auth.second-factor-required. The slot is the first of a new vault. */
export const resetPasswordInput = passwordKeys.extend({
  ...mailTokenInput.shape,
  proof: factorProof.nullable(),
});
/** Whose password the link replaces, and what is asked besides it. */
export const resetLink = z.strictObject({
  /** Stands in the authenticated data of the new slot. */
  userId: z.uuid(),
  email: z.string(),
  /** Whether somebody had shown that the mailbox is theirs. If not, whatever else signs in is removed. */
  confirmed: z.boolean(),
  factors: z.array(secondFactor),
});
export const requestEmailChangeInput = z.strictObject({ email });

export const session = z.strictObject({
  id: z.uuid(),
  current: z.boolean(),
  audience: z.enum(["app", "admin"]),
  /** For example "Firefox on Linux". */
  device: z.string().nullable(),
  ip: z.string(),
  createdAt: z.date(),
  usedAt: z.date(),
});
export const listSessionsOutput = z.strictObject({ items: z.array(session) });
/** Every other one when no id is given. */
export const revokeSessionInput = z.strictObject({ sessionId: z.uuid().nullable() });
export const revokeSessionOutput = z.strictObject({ revoked: z.int() });

/** What protects the account. */
export const protection = z.strictObject({
  /** When the owner showed that the mailbox is theirs. */
  emailVerifiedAt: z.date().nullable(),
  hasPassword: z.boolean(),
  totpSince: z.date().nullable(),
  recoveryCodesLeft: z.int(),
});

/** `uri` is what the QR code says. */
export const beginTotpOutput = z.strictObject({ secret: z.string(), uri: z.string() });
export const confirmTotpInput = z.strictObject({ code: totpCode });
/** Shown once. */
export const recoveryCodes = z.strictObject({ codes: z.array(z.string()) });

export const providerName = z.enum(["google", "github"]);
/** Which the sign-in page offers. */
export const listProvidersOutput = z.strictObject({ items: z.array(providerName) });

/** `link` adds the provider's account to the caller's; `step_up` shows with it that it is them. `target` is where they go on. */
export const beginProviderInput = z.strictObject({
  provider: providerName,
  purpose: z.enum(["sign_in", "link", "step_up"]),
  target: text.max(1000),
});

/** An account at a provider that signs in here. */
export const identity = z.strictObject({
  id: z.uuid(),
  provider: providerName,
  /** As the provider said when it was linked. */
  email: z.string().nullable(),
  createdAt: z.date(),
  usedAt: z.date().nullable(),
});
export const listIdentitiesOutput = z.strictObject({ items: z.array(identity) });
export const unlinkIdentityInput = z.strictObject({ identityId: z.uuid() });
