import { createHmac, hkdfSync } from "node:crypto";
import type { WebConfig } from "../config.ts";
import type { System } from "../system.ts";

/** What the operations of this folder need beyond every system. */
export type AuthSystem = System & { config: Pick<WebConfig, "APP_SECRET" | "ARGON2_CONCURRENCY"> };

type Purpose = "pepper" | "unknown-salt" | "recovery-code" | "mail-token";

/** HMAC-SHA256 under a key that is derived from the app secret for this purpose alone. */
export function deriveSecret(sys: AuthSystem, purpose: Purpose, message: string): Buffer {
  const key = hkdfSync("sha256", sys.config.APP_SECRET, "", `ocl/v1/${purpose}`, 32);
  return createHmac("sha256", Buffer.from(key)).update(message).digest();
}
