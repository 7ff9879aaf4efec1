// What comes by mail, read where the product says that mails are kept as long as none is sent.
import { expect, type Page } from "@playwright/test";

export type Mail = { id: string; subject: string; text: string };

/** Where the page that is open says that mails are. */
export async function mailboxOf(page: Page): Promise<string> {
  const link = page.getByRole("link", { name: "development mailbox" });
  return (await link.getAttribute("href")) ?? "";
}

/** Newest first. */
export async function mailsTo(mailbox: string, address: string): Promise<Mail[]> {
  const answer = await fetch(`${mailbox}.json?to=${encodeURIComponent(address)}`);
  return (await answer.json()) as Mail[];
}

/** The newest link that came with this subject; `beyond` are mails that were there before. */
export async function mailedLink(
  mailbox: string,
  address: string,
  subject: string,
  beyond: readonly Mail[] = [],
): Promise<string> {
  const known = new Set(beyond.map(({ id }) => id));
  const arrived = async () =>
    (await mailsTo(mailbox, address)).find((mail) => mail.subject === subject && !known.has(mail.id));
  await expect.poll(arrived, { message: `${subject} to ${address}` }).toBeTruthy();
  const text = (await arrived())?.text ?? "";
  const [link] = /^http\S+#\S+$/m.exec(text) ?? [];
  if (!link) throw new Error(`no link in: ${text}`);
  return link;
}

/** Asks for a link to a new password, as somebody who is not signed in. Returns where mails are. */
export async function forget(page: Page, email: string): Promise<string> {
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  // The sign-in has a field of the same name.
  await expect(page.getByRole("heading", { name: "Forgot your password?" })).toBeVisible();
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("heading", { name: "Look into your mailbox" })).toBeVisible();
  return mailboxOf(page);
}

export async function choosePassword(page: Page, password: string): Promise<void> {
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Set new password" }).click();
}
