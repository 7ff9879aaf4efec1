import { isDeepStrictEqual } from "node:util";
import { type Mail, type Mailer, MailRefused } from "../ports.ts";

/** Keeps mails instead of sending them. */
export class FakeMailer implements Mailer {
  readonly sent: Mail[] = [];
  /** While set, every mail is refused. */
  refusal: { retry: boolean } | null = null;

  async send(mail: Mail): Promise<void> {
    if (this.refusal) throw new MailRefused("the fake was told to refuse", this.refusal);
    if (!/^[^\s@]+@[^\s@]+$/.test(mail.to) || !mail.subject)
      throw new MailRefused("invalid", { retry: false });
    const earlier = this.sent.find(({ idempotencyKey }) => idempotencyKey === mail.idempotencyKey);
    if (!earlier) this.sent.push(mail);
    else if (!isDeepStrictEqual(earlier, mail)) throw new MailRefused("another mail", { retry: false });
  }
}
