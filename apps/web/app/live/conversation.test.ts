import { expect, test } from "vitest";
import {
  converse,
  emptyConversation,
  type Happening,
  type Message,
  readUndisturbed,
} from "./conversation.ts";

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
    { kind: "refused", messageId: "m1", isLost: false, text: "It isn't running." },
  );
  expect(refused.messages).toEqual([]);
  expect(refused.lost).toBeNull();
  expect(refused.problem).toBe("It isn't running.");
});

test("B2: history after an interruption replaces what was shown", () => {
  const answer: Message = { id: "h2", role: "assistant", text: "Hello!", at };
  const { messages } = after(
    { kind: "sent", message: question },
    { kind: "history", messages: [{ ...question, id: "h1" }, answer] },
  );
  expect(messages?.map(({ id }) => id)).toEqual(["m1", "h2"]);
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

const lostAnswer: Happening[] = [
  { kind: "history", messages: [] },
  { kind: "sent", message: question },
  { kind: "refused", messageId: "m1", isLost: true, text: "We can't reach the server." },
];
const answer: Message = { id: "h2", role: "assistant", text: "Hello!", at };
const spoken = (conversation: ReturnType<typeof converse>) => conversation.messages?.map(({ text }) => text);

test("B2: a message whose answer was lost is the same one when it is sent again", () => {
  const lost = after(...lostAnswer);
  expect(spoken(lost)).toEqual([]);
  expect(lost.lost).toEqual(question);
  const again = converse(lost, { kind: "sent", message: question });
  expect(again).toMatchObject({ messages: [question], lost: null, waiting: true });
});

test("B2: a message whose answer was lost stands there once, however it turns out that it came", () => {
  const copy = { ...question, id: "h1" };
  const told = after(...lostAnswer, { kind: "history", messages: [copy] });
  const heard = after(...lostAnswer, { kind: "delta", runId: "m1", text: "Hel" });
  for (const come of [told, heard]) {
    expect(spoken(come)).toEqual(["Hello?"]);
    expect(spoken(converse(come, { kind: "sent", message: question }))).toEqual(["Hello?"]);
  }
  expect(heard.problem, "it need not be sent again").toBeNull();
  const ended = converse(heard, { kind: "final", runId: "m1", text: "Hello!" });
  expect(spoken(ended)).toEqual(["Hello?", "Hello!"]);
  const read = converse(told, { kind: "history", messages: [copy, answer] });
  for (const { lost } of [ended, read]) expect(lost, "the same words would be another message").toBeNull();
});

test("B2: a message that had come already is not waited for when it is sent again: its run may have ended without an answer", () => {
  const told = after(...lostAnswer, { kind: "history", messages: [{ ...question, id: "h1" }] });
  expect(told.lost, "no answer yet: sent again, it is the same one").toEqual(question);
  const again = converse(told, { kind: "sent", message: question });
  expect(again).toMatchObject({ messages: [{ id: "m1" }], lost: null, waiting: false, problem: null });
});

test("B2: a message that was sent while the history was read stays, and an older one of the same words is not it", () => {
  const earlier: Message[] = [{ ...question, id: "h1" }, answer];
  const asking = after({ kind: "history", messages: earlier }, { kind: "sent", message: question });
  const read = converse(asking, { kind: "history", messages: earlier });
  expect(spoken(read)).toEqual(["Hello?", "Hello!", "Hello?"]);
  expect(read.waiting).toBe(true);
  const newer: Message[] = [...earlier, { ...question, id: "h3" }];
  const readAgain = converse(read, { kind: "history", messages: newer });
  expect(spoken(readAgain)).toEqual(["Hello?", "Hello!", "Hello?"]);
  expect(readAgain.waiting).toBe(true);
});

test("B2: of two messages with the same words, the history that has one has the earlier", () => {
  const second: Message = { ...question, id: "m2" };
  const asking = after(
    { kind: "history", messages: [] },
    { kind: "sent", message: question },
    { kind: "final", runId: "m1", text: "Hello!" },
    { kind: "sent", message: second },
  );
  const first: Message[] = [{ ...question, id: "h1" }, answer];
  const read = converse(asking, { kind: "history", messages: first });
  expect(read.messages?.map(({ id }) => id)).toEqual(["m1", "h2", "m2"]);
  expect(read.waiting).toBe(true);
  const both: Message[] = [...first, { ...question, id: "h3" }];
  const readAgain = converse(read, { kind: "history", messages: both });
  expect(readAgain.messages?.map(({ id }) => id)).toEqual(["m1", "h2", "m2"]);
});

test("B2: a long message that the history has cut is the one that was sent, and stays whole", () => {
  const long: Message = { ...question, text: "word ".repeat(2000).trim() };
  const cut: Message = { ...long, id: "h1", text: `${long.text.slice(0, 8000)}\n...(truncated)...` };
  const sent: Happening[] = [
    { kind: "history", messages: [] },
    { kind: "sent", message: long },
  ];
  const lost: Happening = { kind: "refused", messageId: "m1", isLost: true, text: "No answer." };
  for (const happenings of [sent, [...sent, lost]]) {
    const read = after(...happenings, { kind: "history", messages: [cut, answer] });
    expect(read).toMatchObject({ messages: [long, answer], lost: null, waiting: false });
  }
});

test("B2: a history during whose reading an answer ended is read again", async () => {
  let ended = 0;
  const reads: string[] = [];
  const read = async () => {
    if (reads.push("read") === 1) ended += 1;
    return reads.length;
  };
  expect(await readUndisturbed(read, () => ended)).toBe(2);
});
