// The only file that knows the WebAuthn library.
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { z } from "zod";
import type { WebConfig } from "../config.ts";
import { DomainError } from "../errors.ts";
import type { Passkey } from "../generated/prisma/client.ts";
import type { AuthenticationResponse, registrationResponse } from "./schema.ts";

/** Whom passkeys are made for: the dashboard's host name. */
export type RelyingParty = { id: string; origin: string };

export function relyingPartyOf({ WEB_URL }: Pick<WebConfig, "WEB_URL">): RelyingParty {
  const { hostname, origin } = new URL(WEB_URL);
  return { id: hostname, origin };
}

type Descriptor = Pick<Passkey, "credentialId" | "transports">;
const descriptorsOf = (passkeys: readonly Descriptor[]) =>
  passkeys.map(({ credentialId, transports }) => ({ id: credentialId, transports: transports as [] }));

/** Asks for a passkey that can sign in by itself: kept on the authenticator, and used only by whoever it recognises. */
export async function registrationOptions(
  rp: RelyingParty,
  { userId, email, existing }: { userId: string; email: string; existing: readonly Descriptor[] },
) {
  return generateRegistrationOptions({
    rpID: rp.id,
    rpName: "OpenClaw Launch",
    userID: new TextEncoder().encode(userId),
    userName: email,
    attestationType: "none",
    excludeCredentials: descriptorsOf(existing),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    extensions: { prf: {} },
  });
}

/** Without `allowed`, any passkey of this site. */
export async function authenticationOptions(rp: RelyingParty, allowed?: readonly Descriptor[]) {
  return generateAuthenticationOptions({
    rpID: rp.id,
    userVerification: "required",
    ...(allowed && { allowCredentials: descriptorsOf(allowed) }),
  });
}

/** What there is to store of a new passkey. Throws passkey.refused. */
export async function checkRegistration(
  rp: RelyingParty,
  challenge: string,
  response: z.infer<typeof registrationResponse>,
) {
  const { registrationInfo } = await refusing(() =>
    verifyRegistrationResponse({
      response: withoutNulls<RegistrationResponseJSON>(response),
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      requireUserVerification: true,
    }),
  );
  if (!registrationInfo) throw new DomainError("passkey.refused");
  const { credential, credentialBackedUp } = registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: Uint8Array.from(credential.publicKey),
    counter: BigInt(credential.counter),
    transports: response.response.transports ?? [],
    synced: credentialBackedUp,
    prf: response.clientExtensionResults.prf?.enabled === true,
  };
}

/** The counter and backup state after a valid use. Throws passkey.refused. */
export async function checkAuthentication(
  rp: RelyingParty,
  challenge: string,
  response: AuthenticationResponse,
  { credentialId, publicKey, counter, transports }: Passkey,
): Promise<{ counter: bigint; synced: boolean }> {
  const { verified, authenticationInfo } = await refusing(() =>
    verifyAuthenticationResponse({
      response: withoutNulls<AuthenticationResponseJSON>(response),
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      credential: {
        id: credentialId,
        publicKey: Uint8Array.from(publicKey),
        counter: Number(counter),
        transports: transports as [],
      },
      requireUserVerification: true,
    }),
  );
  if (!verified) throw new DomainError("passkey.refused");
  return { counter: BigInt(authenticationInfo.newCounter), synced: authenticationInfo.credentialBackedUp };
}

/** The library throws on every answer that is not right. */
async function refusing<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (cause) {
    throw new DomainError("passkey.refused", {}, { cause });
  }
}

/** Browsers say null where the library expects nothing. */
function withoutNulls<T>(value: object): T {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (part === null ? undefined : part)));
}
