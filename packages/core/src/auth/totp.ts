// The only file that knows oslo.
import { base32 } from "oslo/encoding";
import { createTOTPKeyURI, generateHOTP } from "oslo/otp";

const issuer = "OpenClaw Launch";
const stepMs = 30_000;
/** Steps before and after the present one that clocks may be off by. */
const tolerance = 1;
/** As RFC 4226 recommends for HMAC-SHA-1. */
export const secretBytes = 20;

/** RFC 6238 time step. */
export const stepOf = (now: Date): number => Math.floor(now.getTime() / stepMs);

/** RFC 6238 with SHA-1, the one that every authenticator app knows. */
export const codeOf = (secret: Uint8Array, step: number, digits = 6): Promise<string> =>
  generateHOTP(secret, step, digits);

/** The time step whose code this is, later than `after`; null when there is none near the present. */
export async function stepOfCode(
  secret: Uint8Array,
  code: string,
  { now, after }: { now: Date; after: number },
): Promise<number | null> {
  const present = stepOf(now);
  for (let step = present - tolerance; step <= present + tolerance; step++) {
    if (step > after && (await codeOf(secret, step)) === code) return step;
  }
  return null;
}

/** For typing it into an app. */
export const writtenSecret = (secret: Uint8Array): string => base32.encode(secret, { includePadding: false });
export const readSecret = (written: string): Uint8Array => base32.decode(written);

/** What the QR code says. */
export const enrolmentUri = (email: string, secret: Uint8Array): string =>
  createTOTPKeyURI(issuer, email, secret);
