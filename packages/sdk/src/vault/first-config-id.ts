import { toUtf8 } from "./bytes.ts";
import { idOf } from "./new-id.ts";

/**
 * The id of the configuration that an assistant begins with, or goes on with once the vault doesn't hold `lostId` any more. Always the
 * same one, also after a reload: a launch that is tried again finds what it saved.
 */
export async function firstConfigId(instanceId: string, lostId: string | null): Promise<string> {
  const name = toUtf8(`ocl/v1/first-config|${instanceId}|${lostId ?? ""}`);
  const digest = await crypto.subtle.digest("SHA-256", name);
  return idOf(new Uint8Array(digest, 0, 16));
}
