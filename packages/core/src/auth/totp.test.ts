import { expect, test } from "vitest";
import { codeOf, enrolmentUri, stepOf, stepOfCode, writtenSecret } from "./totp.ts";

const secret = new TextEncoder().encode("12345678901234567890");

// RFC 6238, appendix B, SHA-1.
test.each([
  [59, "94287082"],
  [1111111109, "07081804"],
  [1111111111, "14050471"],
  [1234567890, "89005924"],
  [2000000000, "69279037"],
  [20000000000, "65353130"],
])("A6: RFC 6238 at %i s is %s", async (seconds, code) => {
  const step = stepOf(new Date(seconds * 1000));
  expect(await codeOf(secret, step, 8)).toBe(code);
  expect(await codeOf(secret, step)).toBe(code.slice(2));
});

test("A6: a code counts for its own time step and those beside it, and never again after it was accepted", async () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const present = stepOf(now);
  const found = async (step: number, after: number) =>
    stepOfCode(secret, await codeOf(secret, step), { now, after });
  expect(await found(present - 2, 0)).toBeNull();
  expect(await found(present - 1, 0)).toBe(present - 1);
  expect(await found(present, 0)).toBe(present);
  expect(await found(present + 1, 0)).toBe(present + 1);
  expect(await found(present + 2, 0)).toBeNull();
  expect(await found(present, present)).toBeNull();
  expect(await found(present - 1, present)).toBeNull();
});

test("A6: the QR code says what an app needs", () => {
  const uri = new URL(enrolmentUri("ada@example.org", secret));
  expect(uri.href).toMatch(/^otpauth:\/\/totp\/OpenClaw%20Launch:ada%40example\.org\?/);
  expect(uri.searchParams.get("secret")).toBe(writtenSecret(secret));
  expect(uri.searchParams.get("issuer")).toBe("OpenClaw Launch");
});
