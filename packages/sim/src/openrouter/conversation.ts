// What a person said, out of the messages that a chat program sends.
import { z } from "zod";

const part = z.looseObject({ type: z.string(), text: z.string().optional() });

export const message = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(part)]).nullish(),
});

export type Message = z.infer<typeof message>;

export function textOf({ content }: Message): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text }) => text ?? "").join("\n");
}

/** The person's own messages, oldest first. */
export const personsWords = (messages: readonly Message[]): string[] =>
  messages
    .filter(({ role }) => role === "user")
    .map((said) => withoutEnvelope(textOf(said)))
    .filter((text) => text !== "");

const runtimeContext =
  /<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>[\s\S]*?(<<<END_OPENCLAW_INTERNAL_CONTEXT>>>|$)/g;
/** A marked header line with a JSON block, or with lines up to an empty one. */
const metadata = /^.*⟦openclaw:ctx⟧[ \t]*\n(```json\n[\s\S]*?\n```|(?:.*\S.*\n?)*)\s*/gm;
const messageId = /^\s*\[message_id:[^\]]*\]\s*$/gim;
/** `[Tue 2026-11-24 04:43 UTC] `, `[Telegram Ada id:7 2026-11-24 04:43 UTC] ` */
const stamp = /^\[[^\]]*\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}[^\]]*\]\s*/;

/** What OpenClaw adds after the person's words: about itself, and when it tries again after a failure. */
const postscript = /\n\s*(Runtime: \w+=|Continue the current task from the existing)[\s\S]*$/;

/** OpenClaw wraps messages into time, sender and context: none of it is what the person said. */
function withoutEnvelope(text: string): string {
  const bare = text.replaceAll(runtimeContext, "").replaceAll(metadata, "").replaceAll(messageId, "");
  return bare.replace(postscript, "").trim().replace(stamp, "").trim();
}
