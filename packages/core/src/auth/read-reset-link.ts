import type { z } from "zod";
import type { Actor, Client, System } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { factorsBesides, openResetLink } from "./reset-link.ts";
import type { mailTokenInput, resetLink } from "./schema.ts";

/** What a browser must know before it can make a new password's keys; the link stays good. Throws auth.link-expired. */
export async function readResetLink(
  sys: System & AuthSystem,
  client: Extract<Actor, Client>,
  { token }: z.infer<typeof mailTokenInput>,
): Promise<z.infer<typeof resetLink>> {
  const { link } = await openResetLink(sys, client, token);
  const { userId, email, user } = link;
  return {
    userId,
    email,
    confirmed: user.emailVerifiedAt !== null,
    factors: await factorsBesides(sys.db, link),
  };
}
