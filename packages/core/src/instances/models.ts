import type { z } from "zod";
import { officialOpenRouter } from "../config.ts";
import type { model, modelsOutput } from "./schema.ts";

type Model = z.infer<typeof model>;

// An everyday message, most of whose prompt the provider has cached, is billed about like this.
const promptTokens = 6_000;
const completionTokens = 250;

function priced(id: string, name: string, hint: string, promptPrice: number, completionPrice: number): Model {
  const perMessage = (promptTokens * promptPrice + completionTokens * completionPrice) / 1_000_000;
  return { id, name, hint, promptPrice, completionPrice, messagesPerDollar: Math.floor(1 / perMessage) };
}

/** Models that the wizard offers, best value first. Prices in US dollars per million tokens. */
const offered: readonly Model[] = [
  priced("openai/gpt-5-mini", "GPT-5 mini", "Quick and inexpensive; right for most people", 0.25, 2),
  priced("google/gemini-2.5-flash", "Gemini 2.5 Flash", "Fast, with a long memory", 0.3, 2.5),
  priced("deepseek/deepseek-chat-v3.1", "DeepSeek V3.1", "Most words for the money", 0.2, 0.8),
  priced("mistralai/mistral-medium-3.1", "Mistral Medium 3.1", "Careful writing in many languages", 0.4, 2),
];

export function offeredModels(openRouterBaseUrl: string): z.infer<typeof modelsOutput> {
  return { models: [...offered], standIn: openRouterBaseUrl !== officialOpenRouter };
}
