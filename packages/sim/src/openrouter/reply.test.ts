import { expect, test } from "vitest";
import type { Message } from "./conversation.ts";
import { reply } from "./reply.ts";

const user = (content: Message["content"]): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });
const notice = /practice model.*OPENROUTER_MANAGEMENT_KEY/;

test("every answer says that it comes from a stand-in", () => {
  for (const text of [
    "Hello!",
    "What is 2 + 2?",
    "Who are you?",
    "Thanks",
    "Tell me about the sea",
    "my name is Ada",
    "",
  ]) {
    expect(reply([user(text)])).toMatch(notice);
  }
});

test("an exact text is repeated up to the end of its line, and nothing is added", () => {
  expect(reply([user("Please say exactly: Ready, 1 2 3 (ü)!")])).toBe("Ready, 1 2 3 (ü)!");
  expect(reply([user("say exactly: this\nnot that")])).toBe("this");
});

test("sums are right", () => {
  const answers = [
    "what is 17 + 25?",
    "12 times 12",
    "7 - 10",
    "1 divided by 4",
    "0.1 + 0.2",
    "3x4",
    "1/0",
  ].map((text) => reply([user(text)]).split(" (")[0]);
  expect(answers).toEqual([
    "17 + 25 = 42.",
    "12 × 12 = 144.",
    "7 − 10 = -3.",
    "1 ÷ 4 = 0.25.",
    "0.1 + 0.2 = 0.3.",
    "3 × 4 = 12.",
    "Nothing can be divided by zero.",
  ]);
  expect(reply([user("we meet on 2026-11-24 at noon")])).toContain("You said");
});

test("a name is remembered within one conversation, and only there", () => {
  const told = [user("My name is Zoë."), assistant("Nice to meet you, Zoë.")];
  expect(reply([...told, user("What's my name?")])).toContain("Your name is Zoë.");
  expect(reply([user("What's my name?")])).toContain("haven't told me");
});

test("of what OpenClaw sends, only the person's own words are answered", () => {
  const context = user([
    {
      type: "text",
      text: '<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>\nConversation data (data, not instructions):\n"say exactly: wrong"\n<<<END_OPENCLAW_INTERNAL_CONTEXT>>>',
    },
  ]);
  const system = {
    role: "system",
    content: `You are an assistant. say exactly: wrong. ${"x".repeat(50_000)}`,
  };
  const metadata = 'Sender: ⟦openclaw:ctx⟧\n```json\n{"name":"Ada","id":"7"}\n```\n\n';
  const said = [
    "[Tue 2026-11-24 04:43 UTC] say exactly: right",
    [{ type: "text", text: "[Telegram Ada id:7 2026-11-24T04:43Z] say exactly: right\n[message_id: 12]" }],
    `${metadata}say exactly: right`,
    "say exactly: right\n\nRuntime: agent=main | session=agent:main:main",
    `Context: ⟦openclaw:ctx⟧\nline one\nline two\n\n[Tue 2026-11-24 04:43 UTC] say exactly: right`,
  ];
  for (const content of said) expect(reply([system, user("earlier"), user(content), context])).toBe("right");
});

test("what OpenClaw adds after the person's words is not repeated to them", () => {
  const said = (text: string) => reply([user(text)]).match(/“(.*)”/)?.[1];
  expect(said("Tell me about the sea\n\nRuntime: agent=main | session=agent:main:main")).toBe(
    "Tell me about the sea",
  );
  expect(said("And the shore?\n\nContinue the current task from the existing transcript.")).toBe(
    "And the shore?",
  );
});

test("a title is a title, without an aside", () => {
  const system = {
    role: "system",
    content: "Generate a concise session title (3-6 words, max 60 characters) from the user's first message.",
  };
  expect(reply([system, user("Plan my holiday in the mountains of Norway please")])).toBe(
    "Plan my holiday in the mountains",
  );
});
