import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Account } from "./account.ts";
import { ApiError } from "./api-error.ts";
import { message } from "./conversation.ts";
import type { KeyRecord } from "./key-record.ts";
import { affordableTokens, costOf, findModel, type Model } from "./models.ts";
import { toDollars } from "./money.ts";
import { reply } from "./reply.ts";

export const completionRequest = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  tools: z.array(z.unknown()).nullish(),
});

type CompletionRequest = z.infer<typeof completionRequest>;

export type Completion = {
  id: string;
  /** Unix seconds. */
  created: number;
  model: string;
  text: string;
  finishReason: "stop" | "length";
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number; cost: number };
};

const charactersPerToken = 4;
const countTokens = (text: string) => Math.ceil(text.length / charactersPerToken);

/** Answers and charges the key. Throws when the model is unknown or the money doesn't suffice; then nothing is charged. */
export function complete(
  account: Account,
  key: KeyRecord,
  id: string,
  request: CompletionRequest,
): Completion {
  const model = findModel(request.model);
  if (!model) throw new ApiError(400, `${request.model} is not a valid model ID`);
  const promptTokens = countTokens(JSON.stringify([request.messages, request.tools ?? []]));
  const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? model.maxCompletionTokens;
  checkAffordable(account, key, model, promptTokens, maxTokens);

  const whole = reply(request.messages);
  const text = whole.slice(0, maxTokens * charactersPerToken);
  const completionTokens = countTokens(text);
  const cost = costOf(model, promptTokens, completionTokens);
  account.charge(key, cost);
  return {
    id,
    created: Math.floor(account.now().getTime() / 1000),
    model: model.id,
    text,
    finishReason: text === whole ? "stop" : "length",
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      cost: toDollars(cost),
    },
  };
}

/** OpenRouter asks before it begins whether the longest allowed answer could be paid. */
function checkAffordable(
  account: Account,
  key: KeyRecord,
  model: Model,
  promptTokens: number,
  maxTokens: number,
): void {
  const { amount, bound } = account.budgetOf(key);
  const affordable = Math.max(0, affordableTokens(model, amount, promptTokens));
  if (affordable >= maxTokens) return;
  const remedy =
    bound === "key"
      ? "visit https://openrouter.ai/settings/keys and create a key with a higher monthly limit"
      : "visit https://openrouter.ai/settings/credits and add more credits";
  throw new ApiError(
    402,
    `This request requires more credits, or fewer max_tokens. You requested up to ${maxTokens} tokens, but can only afford ${affordable}. To increase, ${remedy}`,
  );
}

export function completionBody({ text, finishReason, usage, ...about }: Completion) {
  return {
    ...about,
    provider: "Stand-in",
    object: "chat.completion",
    choices: [
      {
        index: 0,
        logprobs: null,
        finish_reason: finishReason,
        native_finish_reason: finishReason,
        message: { role: "assistant", content: text, refusal: null, reasoning: null },
      },
    ],
    usage,
  };
}

/** The lines of the event stream: the text comes in a few words at a time. */
export async function* completionStream(
  completion: Completion,
  gapMilliseconds: number,
): AsyncGenerator<string> {
  const { text, finishReason, usage, ...about } = completion;
  const chunk = (content: object) =>
    `data: ${JSON.stringify({ ...about, provider: "Stand-in", object: "chat.completion.chunk", ...content })}\n\n`;
  const delta = (content: string, reason: Completion["finishReason"] | null = null) =>
    chunk({
      choices: [
        {
          index: 0,
          delta: { role: "assistant", content },
          finish_reason: reason,
          native_finish_reason: reason,
          logprobs: null,
        },
      ],
    });

  yield ": OPENROUTER PROCESSING\n\n";
  for (const words of text.match(/(?:\s*\S+){1,3}\s*?/g) ?? []) {
    await delay(gapMilliseconds);
    yield delta(words);
  }
  yield delta("", finishReason);
  yield chunk({ choices: [], usage });
  yield "data: [DONE]\n\n";
}
