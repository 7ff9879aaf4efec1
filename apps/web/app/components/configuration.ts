import { type AssistantConfiguration, assistantConfiguration } from "@openclaw-launch/core/instances/schema";

/** What is typed into the form of an assistant. */
export type ConfigurationDraft = {
  name: string;
  personality: string;
  model: string;
  telegramToken: string;
  discordToken: string;
};
export type ConfigurationErrors = Partial<Record<keyof ConfigurationDraft, string>>;

const texts: Record<keyof ConfigurationDraft, string> = {
  name: "Give it a name of 1 to 40 characters.",
  personality: "Keep it under 8,000 characters.",
  model: "Choose a model.",
  telegramToken:
    "That isn’t a Telegram bot token. It looks like 123456789:ABCdef… and comes from @BotFather.",
  discordToken:
    "That isn’t a Discord bot token. Copy it from the “Bot” page of your application in the developer portal.",
};

/** Drafts are checked by the schema that the worker checks them with. */
export function readDraft(
  draft: ConfigurationDraft,
):
  | { configuration: AssistantConfiguration; errors: null }
  | { configuration: null; errors: ConfigurationErrors } {
  const telegramToken = draft.telegramToken.trim();
  const discordToken = draft.discordToken.trim();
  const result = assistantConfiguration.safeParse({
    version: 1,
    name: draft.name,
    model: draft.model,
    personality: draft.personality,
    channels: {
      ...(telegramToken && { telegram: { botToken: telegramToken } }),
      ...(discordToken && { discord: { token: discordToken } }),
    },
  });
  if (result.success) return { configuration: result.data, errors: null };
  const errors: ConfigurationErrors = {};
  for (const { path } of result.error.issues) {
    const field = fieldOf(path);
    errors[field] = texts[field];
  }
  return { configuration: null, errors };
}

function fieldOf([first, second]: PropertyKey[]): keyof ConfigurationDraft {
  if (first === "channels") return second === "telegram" ? "telegramToken" : "discordToken";
  return first === "personality" || first === "model" ? first : "name";
}

export const draftOf = ({
  name,
  personality,
  model,
  channels,
}: AssistantConfiguration): ConfigurationDraft => ({
  name,
  personality,
  model,
  telegramToken: channels.telegram?.botToken ?? "",
  discordToken: channels.discord?.token ?? "",
});

export const channelsOf = ({ channels }: AssistantConfiguration): ("telegram" | "discord")[] => [
  ...(channels.telegram ? (["telegram"] as const) : []),
  ...(channels.discord ? (["discord"] as const) : []),
];
