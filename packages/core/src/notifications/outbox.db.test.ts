import { expect, test } from "vitest";
import { startSystem } from "../adapters/start-system.ts";
import { authJobs } from "../auth/jobs.ts";
import { mailTokenOf } from "../auth/mail-token.ts";
import { workJobs } from "../jobs/work-jobs.ts";
import { MailRefused } from "../ports.ts";
import { databaseText } from "../testing/database-text.ts";
import { FakeMailer } from "../testing/fake-mailer.ts";
import { runJobs } from "../testing/run-jobs.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { deliverMail } from "./deliver-mail.ts";
import { notificationJobs } from "./jobs.ts";
import type { MailTemplate } from "./schema.ts";
import { sendMail } from "./send-mail.ts";

const sys = { ...(await createTestSystem()), mailer: new FakeMailer() };
const { mailer } = sys;

const newAddress = () => `${sys.random.uuid()}@example.org`;
const exists: MailTemplate = { kind: "account-exists" };
const send = (to: string, template: MailTemplate = exists) =>
  sys.db.$transaction((tx) => sendMail(tx, sys, { to, template }));
const arrivedAt = (address: string) => mailer.sent.filter(({ to }) => to === address);
const deliver = () => runJobs(sys, notificationJobs);

test("a mail goes out after the transaction that asks for it", async () => {
  const address = newAddress();
  await send(address);
  expect(arrivedAt(address)).toEqual([]);
  await deliver();
  expect(arrivedAt(address)).toMatchObject([{ to: address, subject: "You already have an account" }]);
});

test("a transaction that is rolled back sends nothing", async () => {
  const address = newAddress();
  const change = sys.db.$transaction(async (tx) => {
    await sendMail(tx, sys, { to: address, template: exists });
    throw new Error("the change failed");
  });
  await expect(change).rejects.toThrow("the change failed");
  await deliver();
  expect(arrivedAt(address)).toEqual([]);
  expect(await databaseText(sys.db)).not.toContain(address);
});

test("the same job twice is one mail", async () => {
  const job = { id: sys.random.uuid(), to: newAddress(), template: exists };
  await deliverMail(sys, job);
  await deliverMail(sys, job);
  expect(arrivedAt(job.to)).toHaveLength(1);
});

test("no row holds what a link needs: a copy of the database opens nothing", async () => {
  const [address, tokenId] = [newAddress(), sys.random.uuid()];
  await send(address, { kind: "reset-password", tokenId });
  await deliver();
  const [, mac = ""] = mailTokenOf(sys, tokenId).split(".");
  expect(arrivedAt(address)[0]?.text).toContain(`${sys.config.WEB_URL}/reset-password#${tokenId}.${mac}`);
  const everything = await databaseText(sys.db);
  expect(everything).toContain(tokenId);
  expect(everything).not.toContain(mac);
});

test("a mail that is refused for good is noted by its id and kind, and given up", async () => {
  const address = newAddress();
  mailer.refusal = { retry: false };
  await send(address);
  await deliver();
  mailer.refusal = null;
  await deliver();
  expect(arrivedAt(address)).toEqual([]);
  const line = sys.logged.find((entry) => entry.includes("refused for good")) ?? "";
  expect(JSON.parse(line)).toMatchObject({ mail: expect.any(String), kind: "account-exists" });
  expect(sys.logged.join("")).not.toContain(address);
});

test("a mail that may be accepted later is kept, and tried again for about a day", async () => {
  const job = { id: sys.random.uuid(), to: newAddress(), template: exists };
  mailer.refusal = { retry: true };
  await expect(deliverMail(sys, job)).rejects.toThrow(MailRefused);
  mailer.refusal = null;
  const queue = await sys.boss.getQueue("mail");
  const { retryLimit = 0, retryDelay = 0, retryDelayMax = 0 } = queue ?? {};
  // As pg-boss counts: each distance is between a half and the whole of this.
  const distances = Array.from({ length: retryLimit }, (_, n) =>
    Math.min(retryDelayMax, retryDelay * 2 ** n),
  );
  const hours = distances.reduce((sum, seconds) => sum + seconds, 0) / 3600;
  expect(hours).toBeGreaterThan(22);
  expect(hours).toBeLessThan(26);
});

test("a mail leaves within two seconds, and forgotten passwords and the daily clean-up are looked after", async () => {
  const web = await startSystem({ ...sys.config, LOG_LEVEL: "fatal" }, { works: true });
  await workJobs(web.boss, { ...sys, ...web, mailer }, [...notificationJobs, ...authJobs]);
  const address = newAddress();
  const asked = performance.now();
  await send(address);
  await expect.poll(() => arrivedAt(address).length, { interval: 20 }).toBe(1);
  expect(performance.now() - asked).toBeLessThan(2000);
  expect((await web.boss.getSchedules()).map(({ name }) => name)).toEqual(["clean-up"]);
  expect((await web.boss.getQueues()).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["mail", "reset-requested", "clean-up"]),
  );
  await web.close();
});

test("while Resend is down nobody waits, and the mail arrives once after it is back, within seconds", async () => {
  await workJobs(sys.boss, sys, notificationJobs);
  const address = newAddress();
  mailer.refusal = { retry: true };
  const asked = performance.now();
  await send(address);
  expect(performance.now() - asked).toBeLessThan(1000);
  await expect.poll(() => sys.logged.filter((line) => line.includes("job failed")).length).toBeGreaterThan(0);
  mailer.refusal = null;
  await expect.poll(() => arrivedAt(address).length).toBe(1);
  expect(sys.logged.join("")).not.toContain(address);
});
