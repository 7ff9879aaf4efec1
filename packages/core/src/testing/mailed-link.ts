import { authJobs } from "../auth/jobs.ts";
import { notificationJobs } from "../notifications/jobs.ts";
import type { FakeMailer } from "./fake-mailer.ts";
import { runJobs } from "./run-jobs.ts";
import type { TestSystem } from "./test-system.ts";

type MailingSystem = TestSystem & { mailer: FakeMailer };

/** Sends what waits, and returns the subjects of what came to the address since the last call, oldest first. */
export async function mailsTo(sys: MailingSystem, address: string) {
  await runJobs(sys, [...authJobs.filter(({ name }) => name !== "clean-up"), ...notificationJobs]);
  const mails = sys.mailer.sent.filter(({ to }) => to === address);
  sys.mailer.sent.splice(0, sys.mailer.sent.length, ...sys.mailer.sent.filter(({ to }) => to !== address));
  return mails;
}

/** Sends what waits, and returns the token of the newest link below `path` that came to the address. */
export async function mailedToken(sys: MailingSystem, address: string, path: string): Promise<string> {
  const texts = (await mailsTo(sys, address)).map(({ text }) => text);
  const link = new RegExp(`^${sys.config.WEB_URL}${path}#(\\S+)$`, "m");
  const tokens = texts.flatMap((text) => link.exec(text)?.[1] ?? []);
  const token = tokens.at(-1);
  if (!token) throw new Error(`no link below ${path} came to ${address}`);
  return token;
}
