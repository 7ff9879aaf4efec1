import type { z } from "zod";
import { DomainError } from "../errors.ts";
import { askOwnPasskey } from "../passkeys/ask-passkey.ts";
import type { PasskeySystem } from "../passkeys/queries.ts";
import type { question } from "../passkeys/schema.ts";
import type { Actor, Client, Database, MailLinkActor } from "../system.ts";
import type { AuthSystem } from "./derive-secret.ts";
import { findMailLink, type MailLink } from "./mail-links.ts";
import { secondFactorsOf } from "./queries.ts";
import type { mailTokenInput, SecondFactor } from "./schema.ts";

/** The link, if it may still set a password, and who holds it. Throws auth.link-expired. */
export async function openResetLink(
  sys: AuthSystem,
  { ip, userAgent, deviceHash }: Extract<Actor, Client>,
  token: string,
): Promise<{ link: MailLink; actor: MailLinkActor }> {
  const link = await findMailLink(sys.db, sys, "reset_password", token);
  if (link.usedAt || link.email !== link.user.email) throw new DomainError("auth.link-expired");
  return { link, actor: { kind: "mail-link", userId: link.userId, ip, userAgent, deviceHash } };
}

/** By which the holder of the link shows besides that they are the owner; none where an unconfirmed address makes whatever there is doubtful. */
export async function factorsBesides(db: Database, { user }: MailLink): Promise<SecondFactor[]> {
  return user.emailVerifiedAt === null ? [] : secondFactorsOf(db, user.id);
}

/** Asks for a passkey of the account, as the second factor of a reset. Throws auth.link-expired, auth.method-missing. */
export async function askResetPasskey(
  sys: PasskeySystem,
  client: Extract<Actor, Client>,
  { token }: z.infer<typeof mailTokenInput>,
): Promise<z.infer<typeof question>> {
  const { actor } = await openResetLink(sys, client, token);
  return askOwnPasskey(sys, actor);
}
