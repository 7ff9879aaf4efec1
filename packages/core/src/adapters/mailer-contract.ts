import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Mail, Mailer } from "../ports.ts";
import { systemRandom } from "./random.ts";

export type MailerUnderTest = {
  mailer: Mailer;
  /** What reached an address, in any order. */
  arrivedAt(address: string): Promise<Omit<Mail, "to" | "idempotencyKey">[]>;
  close(): Promise<void>;
};

/** What every mailer guarantees. */
export function mailerContract(name: string, open: () => Promise<MailerUnderTest>): void {
  describe(`mailer contract: ${name}`, () => {
    let under: MailerUnderTest;
    let mail: Mail;

    beforeAll(async () => {
      under = await open();
    });
    beforeEach(() => {
      const id = systemRandom.uuid();
      mail = {
        to: `${id}@example.org`,
        subject: "Grüße & <b>more</b>",
        html: "<!DOCTYPE html><p>Grüße &amp; more</p>",
        text: "Grüße & more\n\nhttps://example.org/#a.b",
        idempotencyKey: `mail/${id}`,
      };
    });
    afterAll(() => under?.close());

    const content = ({ subject, html, text }: Mail) => ({ subject, html, text });

    test("a mail arrives as it was written", async () => {
      await under.mailer.send(mail);
      expect(await under.arrivedAt(mail.to)).toEqual([content(mail)]);
    });

    test("a mail that is sent again, after an answer that was lost, arrives once", async () => {
      await under.mailer.send(mail);
      await under.mailer.send({ ...mail });
      expect(await under.arrivedAt(mail.to)).toHaveLength(1);
    });

    test("the same words under another key are another mail", async () => {
      await under.mailer.send(mail);
      await under.mailer.send({ ...mail, idempotencyKey: `${mail.idempotencyKey}-again` });
      expect(await under.arrivedAt(mail.to)).toHaveLength(2);
    });

    test("another mail under a used key is refused for good, and the first stays", async () => {
      await under.mailer.send(mail);
      await expect(under.mailer.send({ ...mail, subject: "Another" })).rejects.toMatchObject({
        name: "MailRefused",
        retry: false,
      });
      expect(await under.arrivedAt(mail.to)).toEqual([content(mail)]);
    });

    test("a mail without a subject is refused for good", async () => {
      await expect(under.mailer.send({ ...mail, subject: "" })).rejects.toMatchObject({
        name: "MailRefused",
        retry: false,
      });
      expect(await under.arrivedAt(mail.to)).toEqual([]);
    });
  });
}
