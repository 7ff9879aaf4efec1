import { z } from "zod";
import { type ChatEvent, type ChatMessage, GatewayRefused } from "../ports.ts";

/** A long message, or a long answer of the assistant. */
const longestText = 200_000;
/** Of one message: its words, and what was thought and done for them. */
const mostParts = 200;
const longestReason = 500;

/** Ids, names of sessions and kinds, as OpenClaw makes them. */
export const shortText = z.string().max(500);
export const textUpTo = (longest: number) => z.string().transform((text) => text.slice(0, longest));
/** Cuts a list before anything in it is looked at. */
export const listOf = <Item extends z.ZodType>(item: Item, cut: (list: unknown[]) => unknown[]) =>
  z.preprocess((list) => (Array.isArray(list) ? cut(list) : list), z.array(item));

const challenge = z.object({ nonce: shortText, ts: z.number() });
const response = z.object({
  id: z.string(),
  ok: z.boolean(),
  payload: z.unknown().optional(),
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      details: z.object({ code: z.string().optional() }).nullish(),
    })
    .nullish(),
});
const event = z.discriminatedUnion("event", [
  z.object({ event: z.literal("connect.challenge"), payload: challenge }),
  z.object({ event: z.literal("chat"), payload: z.unknown().optional() }),
  z.object({ event: z.enum(["device.pair.requested", "device.pair.resolved", "device.pair.changed"]) }),
]);

export type Challenge = z.infer<typeof challenge>;
export type ResponseFrame = z.infer<typeof response>;
export type Frame =
  | { kind: "response"; response: ResponseFrame }
  | { kind: "challenge"; challenge: Challenge }
  | { kind: "chat"; payload: unknown }
  | { kind: "pairing" }
  /** Of a kind that we have no use for. */
  | { kind: "other" }
  | { kind: "garbage" };

/** Reads one WebSocket message; never throws. */
export function frameOf(text: string): Frame {
  const frame = parse(text);
  const answered = response.safeParse(frame);
  if (answered.success) return { kind: "response", response: answered.data };
  const happened = event.safeParse(frame);
  if (!happened.success) return { kind: frameOfAnyKind.safeParse(frame).success ? "other" : "garbage" };
  const { data } = happened;
  if (data.event === "connect.challenge") return { kind: "challenge", challenge: data.payload };
  return data.event === "chat" ? { kind: "chat", payload: data.payload } : { kind: "pairing" };
}

const frameOfAnyKind = z.object({ type: z.string() });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why the gateway said no, in the words of the port. */
export function refusal(method: string, error: ResponseFrame["error"]): GatewayRefused {
  const code = error?.details?.code ?? error?.code ?? "";
  return new GatewayRefused(
    reasonOf(code, error?.code),
    `${method}: ${error?.message.slice(0, longestReason) ?? "refused"}`,
  );
}

function reasonOf(code: string, outerCode: string | undefined): GatewayRefused["reason"] {
  if (code.startsWith("PAIRING_") || outerCode === "NOT_PAIRED") return "pairing";
  if (code === "AUTH_RATE_LIMITED") return "unreachable";
  if (code.startsWith("AUTH_") || code.startsWith("DEVICE_")) return "token";
  return outerCode === "UNAVAILABLE" ? "unreachable" : "protocol";
}

const part = z.object({ type: z.string(), text: z.string().optional() });
const message = z.object({
  role: z.string(),
  content: z.union([z.string(), listOf(part, (parts) => parts.slice(0, mostParts))]).optional(),
  /** Milliseconds since 1970; JavaScript's dates end with this. */
  timestamp: z.number().min(0).max(8.64e15).optional(),
  __openclaw: z.object({ id: shortText.optional() }).optional(),
});
const chat = z.object({
  runId: shortText,
  sessionKey: shortText,
  state: z.string(),
  message: message.optional(),
  errorMessage: textUpTo(longestReason).optional(),
});

/** Null: nothing that a person would see. */
export function chatEventOf(payload: unknown): (ChatEvent & { sessionKey: string }) | null {
  const parsed = chat.safeParse(payload);
  if (!parsed.success) return null;
  const { runId, sessionKey, state, errorMessage } = parsed.data;
  const text = textOf(parsed.data.message);
  if (state === "delta" || state === "final") return { kind: state, runId, sessionKey, text };
  if (state === "aborted") return { kind: state, runId, sessionKey };
  if (state === "error") return { kind: state, runId, sessionKey, message: errorMessage ?? text };
  return null;
}

export const sent = z.object({ runId: shortText });

/** What people and the assistant said to one another in the last messages; the rest of a transcript is left out. */
export const historyOf = (limit: number) =>
  z
    .object({ messages: listOf(z.unknown(), (messages) => messages.slice(-limit)) })
    .transform(({ messages }): ChatMessage[] =>
      messages.flatMap((raw, index) => messageOf(raw, index) ?? []),
    );

function messageOf(raw: unknown, index: number): ChatMessage | null {
  const parsed = message.safeParse(raw);
  if (!parsed.success) return null;
  const { role, timestamp, __openclaw } = parsed.data;
  const text = textOf(parsed.data);
  if ((role !== "user" && role !== "assistant") || text === "") return null;
  return { id: __openclaw?.id ?? String(index), role, text, at: new Date(timestamp ?? 0) };
}

function textOf(said: z.infer<typeof message> | undefined): string {
  const content = said?.content ?? "";
  const text =
    typeof content === "string"
      ? content
      : content.flatMap(({ type, text: words }) => (type === "text" && words ? [words] : [])).join("\n");
  return text.slice(0, longestText);
}
