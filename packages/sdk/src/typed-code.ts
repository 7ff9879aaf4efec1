type TypedProof = { kind: "totp" | "recovery-code"; code: string };

/** What somebody typed as their second factor: digits come from an authenticator app, anything else is a recovery code. */
export function proofOf(code: string): TypedProof {
  return { kind: /^[\d\s-]*$/.test(code) ? "totp" : "recovery-code", code };
}
