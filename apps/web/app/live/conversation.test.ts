import { expect, test } from "vitest";
import { converse, emptyConversation, type Happening, type Message } from "./conversation.ts";

const at = new Date("2026-01-01T12:00:00Z");
const question: Message = { id: "m1", role: "user", text: "Hello?", at };
const after = (...happenings: Happening[]) => happenings.reduce(converse, emptyConversation);

test("B2: an answer streams in and ends as one message", () => {
  const streaming = after(
    { kind: "history", messages: [] },
    { kind: "sent", message: question },
    { kind: "delta", runId: "r1", text: "Hel" },
    { kind: "delta", runId: "r1", text: "Hello" },
  );
  expect(streaming.writing).toEqual({ r1: "Hello" });
  expect(streaming.waiting).toBe(false);
  const done = converse(streaming, { kind: "final", runId: "r1", text: "Hello!" });
  expect(done.writing).toEqual({});
  expect(done.messages?.map(({ role, text }) => [role, text])).toEqual([
    ["user", "Hello?"],
    ["assistant", "Hello!"],
  ]);
});

test("B2: the same end told twice is one message", () => {
  const { messages } = after(
    { kind: "final", runId: "r1", text: "Hello!" },
    { kind: "final", runId: "r1", text: "Hello!" },
  );
  expect(messages).toHaveLength(1);
});

test("B2: a message that was refused doesn't stay, and the reason is shown", () => {
  const refused = after(
    { kind: "history", messages: [] },
    { kind: "sent", message: question },
    { kind: "refused", messageId: "m1", text: "It isn't running." },
  );
  expect(refused.messages).toEqual([]);
  expect(refused.problem).toBe("It isn't running.");
});

test("B2: history after an interruption replaces what was shown", () => {
  const answer: Message = { id: "h2", role: "assistant", text: "Hello!", at };
  const { messages } = after(
    { kind: "sent", message: question },
    { kind: "history", messages: [{ ...question, id: "h1" }, answer] },
  );
  expect(messages?.map(({ id }) => id)).toEqual(["h1", "h2"]);
});

test("B2: an answer whose run is named after the question is shown below it", () => {
  const { messages } = after(
    { kind: "sent", message: question },
    { kind: "final", runId: "m1", text: "Hello!" },
  );
  expect(messages?.map(({ text }) => text)).toEqual(["Hello?", "Hello!"]);
});

test("B2: an answer that ended during an interruption is neither awaited nor being written any more", () => {
  const answered: Message[] = [question, { id: "h2", role: "assistant", text: "Hello!", at }];
  const asked = after({ kind: "history", messages: [] }, { kind: "sent", message: question });
  const writing = converse(asked, { kind: "delta", runId: "r1", text: "Hel" });
  for (const interrupted of [asked, writing])
    expect(converse(interrupted, { kind: "history", messages: answered })).toMatchObject({
      waiting: false,
      writing: {},
    });
  for (const interrupted of [asked, writing])
    expect(converse(interrupted, { kind: "history", messages: [question] }).waiting).toBe(true);
});
