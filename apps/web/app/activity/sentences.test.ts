import { expect, test } from "vitest";
import { sentenceOf } from "./sentences.ts";

const signedIn = (method: string) =>
  sentenceOf({ action: "auth.login", outcome: "ok", details: { method }, targetId: null }, {});

test.each(["password", "google", "github"])("a sign-in by %s is told with its second step", (first) => {
  const alone = signedIn(first).toLowerCase();
  expect(alone).toContain(first);
  for (const [factor, name] of [
    ["totp", "app"],
    ["recovery-code", "recovery code"],
    ["passkey", "passkey"],
  ]) {
    const whole = signedIn(`${first}+${factor}`).toLowerCase();
    expect(whole).toContain(first);
    expect(whole).toContain(`and ${name}`);
  }
});

test.each([
  ["password", "with your password"],
  ["totp", "with a code of your app"],
  ["passkey", "with a passkey"],
  ["google", "with Google"],
  ["github", "with GitHub"],
])("a step-up by %s says so", (by, text) => {
  const event = { action: "auth.step-up", outcome: "ok", details: { by }, targetId: null } as const;
  expect(sentenceOf(event, {})).toBe(`Confirmed that it’s you, ${text}`);
});

test.each([
  [{ by: "password" }, "wrong password"],
  [{ factor: "totp" }, "wrong code"],
  [{ factor: "passkey" }, "not accepted"],
  [{ provider: "google", reason: "provider.refused", purpose: "step_up" }, "not accepted"],
])("a step-up that failed says of a wrong code only where one was typed: %o", (details, text) => {
  const event = { action: "auth.step-up-failed", outcome: "refused", details, targetId: null } as const;
  expect(sentenceOf(event, {})).toBe(`Confirmation refused: ${text}`);
});
