import { z } from "zod";
import { text } from "../api/schema.ts";

const base64url = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[A-Za-z0-9_-]+$/);
const transports = z.array(text.max(20)).max(8);
/** Of no interest but whether the authenticator can derive secrets; browsers put what they like into it. */
const extensionResults = z.looseObject({
  prf: z.looseObject({ enabled: z.boolean().optional() }).optional(),
});

/** PublicKeyCredentialCreationOptionsJSON or …RequestOptionsJSON, as https://www.w3.org/TR/webauthn-3/ writes them. */
const options = z.record(z.string(), z.unknown());

/** RegistrationResponseJSON of the same document. */
export const registrationResponse = z.strictObject({
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal("public-key"),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).nullish(),
  clientExtensionResults: extensionResults,
  response: z.strictObject({
    clientDataJSON: base64url(4096),
    attestationObject: base64url(16_384),
    authenticatorData: base64url(4096).nullish(),
    publicKey: base64url(4096).nullish(),
    publicKeyAlgorithm: z.int().nullish(),
    transports: transports.nullish(),
  }),
});

/** AuthenticationResponseJSON of the same document. */
export const authenticationResponse = z.strictObject({
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal("public-key"),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).nullish(),
  clientExtensionResults: extensionResults,
  response: z.strictObject({
    clientDataJSON: base64url(4096),
    authenticatorData: base64url(4096),
    /** Those that withstand quantum computers (ML-DSA) take up to 4627 bytes. */
    signature: base64url(8192),
    userHandle: base64url(100).nullish(),
  }),
});
export type AuthenticationResponse = z.infer<typeof authenticationResponse>;

/** A question to the authenticator; answered once, within five minutes. */
export const question = z.strictObject({ challengeId: z.uuid(), options });
export const answer = z.strictObject({ challengeId: z.uuid(), response: authenticationResponse });
export type PasskeyAnswer = z.infer<typeof answer>;

const name = text.trim().min(1).max(60);

export const passkey = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  /** Kept by the person's platform, and so on their other devices. */
  synced: z.boolean(),
  createdAt: z.date(),
  usedAt: z.date().nullable(),
});

export const addPasskeyInput = z.strictObject({
  challengeId: z.uuid(),
  name,
  response: registrationResponse,
});
/** `codes` are the recovery codes, shown this once, when it is the account's first second factor. */
export const addPasskeyOutput = z.strictObject({ passkey, codes: z.array(z.string()).nullable() });
export const listPasskeysOutput = z.strictObject({ items: z.array(passkey) });
export const renamePasskeyInput = z.strictObject({ passkeyId: z.uuid(), name });
export const removePasskeyInput = z.strictObject({ passkeyId: z.uuid() });
