import { expect, test } from "vitest";
import { passwordStrength } from "./password-strength.ts";

const email = "ada.lovelace@example.org";

test.each([
  "",
  "short",
  "aaaaaaaaaaaaaaa",
  "1234567890",
  "qwertyuiop12",
  "password12",
  "lovelace12",
  "abcdefghijklmnop",
])("A2: %j is refused with a reason", (password) => {
  const { level, reason } = passwordStrength(password, email);
  expect(level).toBe(0);
  expect(reason).not.toBe("");
});

test.each(["correct horse battery staple", "tr0ub4dor&3-Zebra", "ßüß Grüße an Ömer 7"])(
  "A2: %j is strong",
  (password) => {
    expect(passwordStrength(password, email).level).toBeGreaterThanOrEqual(2);
  },
);
