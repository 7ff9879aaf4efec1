// What the stand-in of the mail service has received.
import { nextMoment } from "../owner.ts";
import type { Stage } from "./stage.ts";

export type Mail = { subject: string; html: string; text: string };

const patienceMs = 30_000;

/** The mails to the address, newest first, once `enough` holds. */
export async function mailsTo(
  { product }: Stage,
  address: string,
  enough: (mails: readonly Mail[]) => boolean,
): Promise<Mail[]> {
  const url = `${product.standInsUrl}/mailbox.json?to=${encodeURIComponent(address)}`;
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const mails = (await (await fetch(url)).json()) as Mail[];
    if (enough(mails)) return mails;
    if (Date.now() > deadline) throw new Error(`only ${mails.length} mails came to ${address}`);
    await nextMoment();
  }
}

/** The tokens of links below `path` that came to the address, newest first, once there are so many. */
export async function mailedTokens(
  stage: Stage,
  address: string,
  path: string,
  count: number,
): Promise<string[]> {
  const link = new RegExp(`^${stage.product.webUrl}${path}#(\\S+)$`, "m");
  const tokensIn = (mails: readonly Mail[]) => mails.flatMap(({ text }) => link.exec(text)?.[1] ?? []);
  return tokensIn(await mailsTo(stage, address, (mails) => tokensIn(mails).length >= count));
}
