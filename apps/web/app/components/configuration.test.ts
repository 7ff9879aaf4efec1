import { expect, test } from "vitest";
import { type ConfigurationDraft, channelsOf, draftOf, readDraft } from "./configuration.ts";

const draft: ConfigurationDraft = {
  name: "Ada",
  personality: "Kind.",
  model: "openai/gpt-5-mini",
  telegramToken: "",
  discordToken: "",
};

test("B1: an assistant needs a name and a model, no channel", () => {
  const { configuration } = readDraft(draft);
  expect(configuration).toEqual({
    version: 1,
    name: "Ada",
    model: "openai/gpt-5-mini",
    personality: "Kind.",
    channels: {},
  });
});

test("V1: every mistake is told at its own field", () => {
  const { errors } = readDraft({ ...draft, name: " ", telegramToken: "hello", discordToken: "short" });
  expect(Object.keys(errors ?? {}).sort()).toEqual(["discordToken", "name", "telegramToken"]);
});

test("a configuration survives the way into the form and back", () => {
  const telegramToken = `123456789:${"a".repeat(35)}`;
  const { configuration } = readDraft({ ...draft, telegramToken: ` ${telegramToken}\n` });
  if (!configuration) throw new Error("the draft is valid");
  expect(channelsOf(configuration)).toEqual(["telegram"]);
  expect(readDraft(draftOf(configuration)).configuration).toEqual(configuration);
});
