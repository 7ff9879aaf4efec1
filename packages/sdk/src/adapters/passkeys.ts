// The only file that knows the browser's side of WebAuthn.
import type { question } from "@openclaw-launch/core/passkeys/schema";
import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import { LaunchError, type LaunchErrorCode } from "../errors.ts";

type Question = (typeof question)["_output"];

// What extensions yield may be a secret: it stays here.

/** Has the person use a passkey that they have. Throws passkey.cancelled, passkey.unsupported. */
export async function askForPasskey({ challengeId, options }: Question) {
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  const response = await asking(() => startAuthentication({ optionsJSON }));
  return { challengeId, response: { ...response, clientExtensionResults: {} } };
}

/** Has the person make a new one. Throws passkey.known, passkey.cancelled, passkey.unsupported. */
export async function makePasskey({ challengeId, options }: Question) {
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const response = await asking(() => startRegistration({ optionsJSON }));
  const { prf } = response.clientExtensionResults;
  return {
    challengeId,
    response: { ...response, clientExtensionResults: { prf: { enabled: prf?.enabled === true } } },
  };
}

async function asking<T>(ask: () => Promise<T>): Promise<T> {
  if (!browserSupportsWebAuthn()) throw new LaunchError("passkey.unsupported");
  try {
    return await ask();
  } catch (cause) {
    throw new LaunchError(codeOf(cause), { cause });
  }
}

/** Browsers don't tell a no from a timeout or from having none: on purpose, so that sites learn nothing. */
function codeOf(error: unknown): LaunchErrorCode {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return "passkey.cancelled";
  return name === "InvalidStateError" ? "passkey.known" : "passkey.unsupported";
}
