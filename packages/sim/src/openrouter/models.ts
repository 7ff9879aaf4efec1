import { type Nanodollars, toNanodollars } from "./money.ts";

export type Model = {
  id: string;
  name: string;
  contextLength: number;
  maxCompletionTokens: number;
  /** Per million tokens. */
  promptPrice: Nanodollars;
  completionPrice: Nanodollars;
};

/** Prices in US dollars per million tokens. */
function model(
  id: string,
  name: string,
  contextLength: number,
  promptPrice: number,
  completionPrice: number,
): Model {
  return {
    id,
    name,
    contextLength,
    maxCompletionTokens: 16_384,
    promptPrice: toNanodollars(promptPrice),
    completionPrice: toNanodollars(completionPrice),
  };
}

const catalogue: readonly Model[] = [
  model("openai/gpt-5-mini", "OpenAI: GPT-5 Mini", 400_000, 0.25, 2),
  model("google/gemini-2.5-flash", "Google: Gemini 2.5 Flash", 1_048_576, 0.3, 2.5),
  model("deepseek/deepseek-chat-v3.1", "DeepSeek: DeepSeek V3.1", 163_840, 0.2, 0.8),
  model("mistralai/mistral-medium-3.1", "Mistral: Mistral Medium 3.1", 131_072, 0.4, 2),
  model("openrouter/auto", "Auto Router", 2_000_000, 1, 4),
];

export const findModel = (id: string): Model | undefined => catalogue.find((known) => known.id === id);

export function costOf(used: Model, promptTokens: number, completionTokens: number): Nanodollars {
  return Math.round((promptTokens * used.promptPrice + completionTokens * used.completionPrice) / 1_000_000);
}

/** How many tokens of an answer can be paid after the prompt; negative when not even the prompt can. */
export function affordableTokens(used: Model, budget: Nanodollars, promptTokens: number): number {
  return Math.floor((budget - costOf(used, promptTokens, 0)) / (used.completionPrice / 1_000_000));
}

/** Prices on the wire are US dollars per token, as text. */
const perToken = (price: Nanodollars) => (price / 1e15).toFixed(12).replace(/\.?0+$/, "");

export const modelList = {
  data: catalogue.map(({ id, name, contextLength, maxCompletionTokens, promptPrice, completionPrice }) => ({
    id,
    canonical_slug: id,
    name,
    created: 1_760_000_000,
    description: "Answered by the stand-in for OpenRouter.",
    context_length: contextLength,
    architecture: {
      modality: "text->text",
      input_modalities: ["text"],
      output_modalities: ["text"],
      tokenizer: "Other",
      instruct_type: null,
    },
    pricing: {
      prompt: perToken(promptPrice),
      completion: perToken(completionPrice),
      request: "0",
      image: "0",
    },
    top_provider: {
      context_length: contextLength,
      max_completion_tokens: maxCompletionTokens,
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: ["max_tokens", "temperature", "tools"],
  })),
};
