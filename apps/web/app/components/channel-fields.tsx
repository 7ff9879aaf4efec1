import { Field } from "@openclaw-launch/ui/field";
import { PasswordInput } from "@openclaw-launch/ui/password-input";
import type { ConfigurationDraft, ConfigurationErrors } from "./configuration";

type Tokens = Pick<ConfigurationDraft, "telegramToken" | "discordToken">;
type ChannelFieldsProps = {
  tokens: Tokens;
  errors: ConfigurationErrors;
  onChange: (change: Partial<Tokens>) => void;
  onBlur: () => void;
};

/** Tokens of the owner's bots. They are hidden, and only ever leave the browser encrypted. */
export function ChannelFields({ tokens, errors, onChange, onBlur }: ChannelFieldsProps) {
  return (
    <>
      <Field
        label="Telegram bot token"
        optional
        error={errors.telegramToken}
        hint={
          <>
            Write <code className="font-mono">/newbot</code> to @BotFather in Telegram and paste what it gives
            you.
          </>
        }
      >
        {(control) => (
          <PasswordInput
            {...control}
            what="token"
            autoComplete="off"
            value={tokens.telegramToken}
            onBlur={onBlur}
            onChange={(event) => onChange({ telegramToken: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Discord bot token"
        optional
        error={errors.discordToken}
        hint="From the “Bot” page of your application in Discord’s developer portal."
      >
        {(control) => (
          <PasswordInput
            {...control}
            what="token"
            autoComplete="off"
            value={tokens.discordToken}
            onBlur={onBlur}
            onChange={(event) => onChange({ discordToken: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
