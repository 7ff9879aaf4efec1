// What a conversation shows, as a pure function of what happened.
import type { chatEvent, chatMessage } from "@openclaw-launch/core/instances/schema";
import type { z } from "zod";

export type Message = z.infer<typeof chatMessage>;
type ChatEvent = z.infer<typeof chatEvent>;

type Conversation = {
  /** Null until the history arrived. */
  messages: Message[] | null;
  /** Answers that are being written, by run. */
  writing: Record<string, string>;
  /** Something was sent and nothing came back yet. */
  waiting: boolean;
  problem: string | null;
};

export type Happening =
  | { kind: "history"; messages: Message[] }
  | { kind: "sent"; message: Message }
  | { kind: "refused"; messageId: string; text: string }
  | { kind: "problem"; text: string }
  | ChatEvent;

export const emptyConversation: Conversation = { messages: null, writing: {}, waiting: false, problem: null };

export function converse(conversation: Conversation, happening: Happening): Conversation {
  const messages = conversation.messages ?? [];
  switch (happening.kind) {
    case "history":
      return {
        messages: happening.messages,
        // What is still being written comes whole with its next part; of what ended meanwhile nothing more comes.
        writing: {},
        waiting:
          (conversation.waiting || Object.keys(conversation.writing).length > 0) &&
          happening.messages.at(-1)?.role === "user",
        problem: null,
      };
    case "sent":
      return { ...conversation, messages: [...messages, happening.message], waiting: true, problem: null };
    case "refused":
      return {
        ...conversation,
        messages: messages.filter(({ id }) => id !== happening.messageId),
        waiting: false,
        problem: happening.text,
      };
    case "problem":
      return { ...conversation, waiting: false, problem: happening.text };
    case "delta":
      return {
        ...conversation,
        waiting: false,
        writing: { ...conversation.writing, [happening.runId]: happening.text },
      };
    case "final": {
      // OpenClaw names a run after the message that asked for it.
      const id = `answer-${happening.runId}`;
      const said: Message = { id, role: "assistant", text: happening.text, at: new Date() };
      const heard = happening.text.trim() === "" || messages.some((message) => message.id === id);
      return {
        ...conversation,
        waiting: false,
        writing: without(conversation.writing, happening.runId),
        messages: heard ? messages : [...messages, said],
      };
    }
    case "error":
      return {
        ...conversation,
        waiting: false,
        writing: without(conversation.writing, happening.runId),
        problem: happening.message,
      };
    case "aborted":
      return { ...conversation, waiting: false, writing: without(conversation.writing, happening.runId) };
  }
}

function without(writing: Record<string, string>, runId: string): Record<string, string> {
  const { [runId]: _, ...rest } = writing;
  return rest;
}
