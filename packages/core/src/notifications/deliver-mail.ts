import type { JobPayload } from "../jobs/catalogue.ts";
import { type Mailer, MailRefused } from "../ports.ts";
import { renderMail } from "./render-mail.ts";
import { type LinkSystem, writeMail } from "./write-mail.ts";

export type MailSystem = LinkSystem & { mailer: Mailer };

/** Writes the mail of a job and sends it. Repeated, it is the same mail. Throws MailRefused while the same mail may be accepted later. */
export async function deliverMail(sys: MailSystem, { id, to, template }: JobPayload<"mail">): Promise<void> {
  const mail = await renderMail(writeMail(sys, template));
  try {
    await sys.mailer.send({ to, ...mail, idempotencyKey: `mail/${id}` });
  } catch (error) {
    if (!(error instanceof MailRefused) || error.retry) throw error;
    sys.log.error({ mail: id, kind: template.kind, reason: error.message }, "mail refused for good");
  }
}
