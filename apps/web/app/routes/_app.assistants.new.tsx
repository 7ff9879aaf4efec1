import { Button } from "@openclaw-launch/ui/button";
import { Choice } from "@openclaw-launch/ui/choice";
import { useDraft } from "@openclaw-launch/ui/draft";
import { Field } from "@openclaw-launch/ui/field";
import { useHydrated } from "@openclaw-launch/ui/hydrated";
import { PageHeader } from "@openclaw-launch/ui/page-header";
import { TextArea } from "@openclaw-launch/ui/text-area";
import { TextInput } from "@openclaw-launch/ui/text-input";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useNavigate } from "@remix-run/react";
import { Check, Rocket } from "lucide-react";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { load } from "~/api.server";
import { ChannelFields } from "~/components/channel-fields";
import { type ConfigurationErrors, channelsOf, readDraft } from "~/components/configuration";
import { ModelChoice } from "~/components/model-choice";
import { usePreloadedPages } from "~/components/preload-pages";
import { Refusal } from "~/components/refusal";
import { templates } from "~/components/templates";
import { launch } from "~/launch.client";
import { useLiveInstances } from "~/live/instances";
import { useVault } from "~/vault/unlock";

export const meta = () => [{ title: "New assistant · OpenClaw Launch" }];

export const loader = (args: LoaderFunctionArgs) => load(args, (api) => api.instances.models({}));

/** Where launching leads to. */
const nextPages = ["_app.assistants.$id", "_app.assistants.$id._index"];

const noTokens = { telegramToken: "", discordToken: "" };

export default function NewAssistant() {
  const { models } = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const hydrated = useHydrated();
  usePreloadedPages(nextPages);
  const { unlock, deploy } = useVault();
  const { note } = useLiveInstances();
  const [draft, change, forget] = useDraft("new-assistant", () => ({
    // The same assistant when launching is tried again.
    instanceId: "",
    name: "",
    template: templates[0]?.id ?? "",
    personality: templates[0]?.personality ?? "",
    model: models[0]?.id ?? "",
  }));
  const [tokens, setTokens] = useState(noTokens);
  const [checked, setChecked] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);

  const { configuration, errors } = readDraft({ ...draft, ...tokens });
  const shown: ConfigurationErrors = checked ? (errors ?? {}) : {};

  function chooseTemplate(id: string) {
    const template = templates.find((one) => one.id === id);
    change({ template: id, ...(template && { personality: template.personality }) });
  }

  /** Once the fields are marked. */
  function focusFirstError() {
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setChecked(true);
    setError(null);
    if (!configuration) return focusFirstError();
    const instanceId = draft.instanceId || crypto.randomUUID();
    try {
      if (!(await unlock("Your settings are encrypted with your vault’s key before they are saved."))) return;
      setBusy("Creating your assistant…");
      change({ instanceId });
      const { name, model } = configuration;
      note(
        await launch.api.instances.create.mutate({
          id: instanceId,
          name,
          model,
          channels: channelsOf(configuration),
        }),
      );
      setBusy("Encrypting and sealing…");
      if (!(await deploy({ instanceId, configuration }))) return setBusy(null);
      forget();
      navigate(`/assistants/${instanceId}`);
    } catch (refusal) {
      setError(refusal);
      setBusy(null);
    }
  }

  return (
    <>
      <PageHeader title="New assistant" subtitle="Everything can be changed later." />
      <form ref={form} onSubmit={submit} noValidate className="grid max-w-3xl gap-4">
        <Step number={1} title="Who" done={draft.name.trim() !== ""}>
          <Field label="Name" error={shown.name}>
            {(control) => (
              <TextInput
                {...control}
                value={draft.name}
                maxLength={40}
                autoComplete="off"
                placeholder="Ada"
                onChange={(event) => change({ name: event.target.value, instanceId: "" })}
              />
            )}
          </Field>
          <Choice
            label="Character"
            columns={2}
            value={draft.template}
            onChange={chooseTemplate}
            options={templates.map(({ id, title, hint }) => ({ value: id, title, hint }))}
          />
          <Field
            label="Personality"
            optional
            error={shown.personality}
            hint="How it should talk and behave, in your own words."
          >
            {(control) => (
              <TextArea
                {...control}
                value={draft.personality}
                maxLength={8000}
                onChange={(event) => change({ personality: event.target.value })}
              />
            )}
          </Field>
        </Step>
        <Step number={2} title="Brain" done={draft.model !== ""}>
          <ModelChoice
            models={models}
            value={draft.model}
            onChange={(model) => change({ model, instanceId: "" })}
          />
        </Step>
        <Step number={3} title="Where" done>
          <p className="text-muted">
            Your browser, always. Add a bot now or later; launching doesn’t wait for it.
          </p>
          <ChannelFields
            tokens={tokens}
            errors={shown}
            onChange={(part) => setTokens({ ...tokens, ...part })}
            onBlur={() => setChecked(checked || tokens !== noTokens)}
          />
        </Step>
        {error !== null && <Refusal title="Not launched yet" error={error} />}
        <div className="sticky bottom-[calc(3.5rem+env(safe-area-inset-bottom))] -mx-4 flex flex-wrap items-center justify-between gap-3 border-t border-line bg-background px-4 py-3 md:bottom-0 md:mx-0 md:px-0">
          <p className="text-muted" role="status">
            {errors
              ? errors.name && !checked
                ? "Give it a name, then launch."
                : checked
                  ? "Check the marked fields."
                  : ""
              : "Encrypted in your browser, then sealed to the machine that runs it."}
          </p>
          <Button type="submit" look="primary" size="large" disabled={!hydrated} busy={busy}>
            <Rocket size={18} aria-hidden />
            Launch
          </Button>
        </div>
      </form>
    </>
  );
}

function Step({
  number,
  title,
  done,
  children,
}: {
  number: number;
  title: string;
  done: boolean;
  children: ReactNode;
}) {
  return (
    <section
      aria-labelledby={`step-${number}`}
      className="grid gap-4 rounded-md border border-line bg-surface p-4 md:grid-cols-[8rem_minmax(0,1fr)] md:p-5"
    >
      <h2 id={`step-${number}`} className="flex items-center gap-2.5 self-start text-base font-semibold">
        <span
          aria-hidden
          className={`flex size-6 items-center justify-center rounded-full text-xs font-semibold ${done ? "bg-text text-background" : "border border-control text-muted"}`}
        >
          {done ? <Check size={14} /> : number}
        </span>
        {title}
      </h2>
      <div className="grid min-w-0 gap-4">{children}</div>
    </section>
  );
}
