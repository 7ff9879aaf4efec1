import { randomUUID } from "node:crypto";
import { z } from "zod";
import { sha256 } from "../bearer.ts";
import { otherRequest } from "./api-error.ts";

const rule =
  "The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.";
const address = z.string(rule).regex(/^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, rule);
const addresses = z.union([address.transform((one) => [one]), z.array(address).min(1).max(50)], rule);
const others = addresses.optional().transform((some) => some ?? []);
const content = z
  .string()
  .optional()
  .transform((some) => some ?? null);

/** What is kept of a request; the rest of what Resend offers changes nothing that a person would see here. */
export const newEmail = z.object({
  from: address,
  to: addresses,
  subject: z.string().min(1),
  cc: others,
  bcc: others,
  reply_to: others,
  html: content,
  text: content,
});

export type NewEmail = z.output<typeof newEmail>;
export type Email = NewEmail & { id: string; createdAt: Date };

const mostEmails = 300;
const idempotencyMs = 24 * 60 * 60 * 1000;

/** The latest mails, in memory. */
export class Mailbox {
  readonly #now: () => Date;
  #emails: Email[] = [];
  readonly #requests = new Map<string, { fingerprint: string; emailId: string; at: Date }>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** The id of the mail, which may have come under the same key before. Throws 409 when another one did. */
  take(email: NewEmail, idempotencyKey: string | undefined): string {
    if (idempotencyKey === undefined) return this.#add(email);
    const fingerprint = sha256(JSON.stringify(email));
    const earlier = this.#requestOf(idempotencyKey);
    if (earlier && earlier.fingerprint !== fingerprint) throw otherRequest();
    if (earlier) return earlier.emailId;
    const emailId = this.#add(email);
    this.#requests.set(idempotencyKey, { fingerprint, emailId, at: this.#now() });
    return emailId;
  }

  /** Newest first; only those to the address, when there is one. */
  list(recipient?: string): Email[] {
    return this.#emails.filter(({ to }) => recipient === undefined || to.includes(recipient)).reverse();
  }

  find(id: string): Email | null {
    return this.#emails.find((email) => email.id === id) ?? null;
  }

  #add(email: NewEmail): string {
    const id = randomUUID();
    this.#emails = [...this.#emails, { ...email, id, createdAt: this.#now() }].slice(-mostEmails);
    return id;
  }

  #requestOf(idempotencyKey: string) {
    const request = this.#requests.get(idempotencyKey);
    if (request && this.#now().getTime() - request.at.getTime() < idempotencyMs) return request;
    this.#requests.delete(idempotencyKey);
    return null;
  }
}
