// What a conversation shows, as a pure function of what happened.
import type { chatEvent, chatMessage } from "@openclaw-launch/core/instances/schema";
import type { z } from "zod";

export type Message = z.infer<typeof chatMessage>;
type ChatEvent = z.infer<typeof chatEvent>;

type Conversation = {
  /** Null until the history arrived. */
  messages: Message[] | null;
  /** What was sent and isn't answered yet: a history may have been read before it came. */
  asked: readonly Message[];
  /** What was sent and may have come, or not. Sent once more, it is the same message. */
  lost: Message | null;
  /** Answers that are being written, by run. */
  writing: Record<string, string>;
  /** Something was sent and nothing came back yet. */
  waiting: boolean;
  problem: string | null;
};

export type Happening =
  | { kind: "history"; messages: Message[] }
  | { kind: "sent"; message: Message }
  | { kind: "refused"; messageId: string; isLost: boolean; text: string }
  | { kind: "problem"; text: string }
  | ChatEvent;

export const emptyConversation: Conversation = {
  messages: null,
  asked: [],
  lost: null,
  writing: {},
  waiting: false,
  problem: null,
};

export function converse(conversation: Conversation, happening: Happening): Conversation {
  const messages = conversation.messages ?? [];
  const { asked, lost } = conversation;
  switch (happening.kind) {
    case "history": {
      const told = withOwnIds(happening.messages, conversation);
      const missing = asked.filter((message) => !includes(told, message.id));
      const all = [...told, ...missing];
      const isAnswered = all.at(-1)?.role !== "user";
      return {
        messages: all,
        asked: missing,
        lost: lost && isAnswered && includes(all, lost.id) ? null : lost,
        // What is still being written comes whole with its next part; of what ended meanwhile nothing more comes.
        writing: {},
        waiting: (conversation.waiting || Object.keys(conversation.writing).length > 0) && !isAnswered,
        problem: null,
      };
    }
    case "sent": {
      const { message } = happening;
      const shown = { ...conversation, lost: null, problem: null };
      // It came before: whether anything is still said to it shows when it is.
      if (includes(messages, message.id)) return { ...shown, waiting: false };
      return { ...shown, messages: [...messages, message], asked: [...asked, message], waiting: true };
    }
    case "refused": {
      const { messageId, isLost, text } = happening;
      const others = asked.filter(({ id }) => id !== messageId);
      const hasCome = others.length === asked.length;
      return {
        ...conversation,
        messages: hasCome ? messages : messages.filter(({ id }) => id !== messageId),
        asked: others,
        lost: isLost ? (messages.find(({ id }) => id === messageId) ?? null) : null,
        waiting: false,
        problem: text,
      };
    }
    case "problem":
      return { ...conversation, waiting: false, problem: happening.text };
    case "delta": {
      const { runId, text } = happening;
      const heard = withQuestion(conversation, runId);
      return { ...heard, waiting: false, writing: { ...conversation.writing, [runId]: text } };
    }
    case "final": {
      const ended = withoutRun(conversation, happening.runId);
      const before = ended.messages ?? [];
      const id = `answer-${happening.runId}`;
      const said: Message = { id, role: "assistant", text: happening.text, at: new Date() };
      const isKnown = happening.text.trim() === "" || includes(before, id);
      return { ...ended, messages: isKnown ? before : [...before, said] };
    }
    case "error":
      return { ...withoutRun(conversation, happening.runId), problem: happening.message };
    case "aborted":
      return withoutRun(conversation, happening.runId);
  }
}

const includes = (messages: readonly Message[], sought: string) => messages.some(({ id }) => id === sought);

/** OpenClaw cuts what is longer in a history, and says so there. */
const historyChars = 8000;
const isSame = (sent: string, read: string) =>
  sent === read || (sent.length > historyChars && read.startsWith(sent.slice(0, historyChars - 1)));

/** The history knows what was sent here by other ids, and each of them is one message of it: the earlier comes first. */
function withOwnIds(history: readonly Message[], { messages, lost }: Conversation): Message[] {
  const shown = messages ?? [];
  const own = [...shown, ...(lost && !includes(shown, lost.id) ? [lost] : [])].filter(
    ({ id, role }) => role === "user" && !includes(history, id),
  );
  return history.map((message) => {
    if (message.role !== "user" || includes(shown, message.id)) return message;
    const index = own.findIndex(({ text }) => isSame(text, message.text));
    const [same] = index < 0 ? [] : own.splice(index, 1);
    return same ? { ...message, id: same.id, text: same.text } : message;
  });
}

/** OpenClaw names a run after the message that asked for it, which has come then. */
function withQuestion(conversation: Conversation, runId: string): Conversation {
  const { messages, asked, lost } = conversation;
  const isUnseen = lost?.id === runId && !includes(messages ?? [], runId);
  return {
    ...conversation,
    messages: isUnseen ? [...(messages ?? []), lost] : messages,
    asked: asked.filter(({ id }) => id !== runId),
    problem: lost?.id === runId ? null : conversation.problem,
  };
}

function withoutRun(conversation: Conversation, runId: string): Conversation {
  const heard = withQuestion(conversation, runId);
  const { [runId]: _, ...writing } = heard.writing;
  return { ...heard, lost: heard.lost?.id === runId ? null : heard.lost, waiting: false, writing };
}

/** Reads again what changed while it was read: what happened then may be in neither. */
export async function readUndisturbed<T>(read: () => Promise<T>, changes: () => number): Promise<T> {
  const before = changes();
  const result = await read();
  return changes() === before ? result : readUndisturbed(read, changes);
}
