import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { Field } from "@openclaw-launch/ui/field";
import { Notice } from "@openclaw-launch/ui/notice";
import { Skeleton } from "@openclaw-launch/ui/skeleton";
import { TextArea } from "@openclaw-launch/ui/text-area";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { useNavigate } from "@remix-run/react";
import { LockKeyhole } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { ChannelFields } from "~/components/channel-fields";
import { type ConfigurationDraft, draftOf, readDraft } from "~/components/configuration";
import { ExportConfig } from "~/components/export-config";
import { ModelChoice } from "~/components/model-choice";
import { Refusal } from "~/components/refusal";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { useLiveInstances } from "~/live/instances";
import { useVault } from "~/vault/unlock";
import { useShownAssistant } from "./_app.assistants.$id";

export default function AssistantSettings() {
  const { instance } = useShownAssistant();
  return (
    <div className="grid max-w-3xl gap-4">
      <SavedSettings />
      {instance.configRevision !== null && <ExportConfig instance={instance} />}
    </div>
  );
}

function SavedSettings() {
  const { instance } = useShownAssistant();
  const { unlocked, unlock } = useVault();
  const { draft, setDraft, revision, setRevision, lost, problem } = useSavedDraft();

  if (problem) return <Notice tone="bad">{problem}</Notice>;
  if (!unlocked && !draft) {
    return (
      <Card title="Settings are encrypted" hint="Only your browser can open them.">
        <Button
          onClick={() => void unlock(`The settings of ${instance.name} are encrypted with your vault’s key.`)}
        >
          <LockKeyhole size={16} aria-hidden />
          Unlock to see and change them
        </Button>
      </Card>
    );
  }
  if (!draft) {
    return (
      <Card title="Opening the settings">
        <div className="grid gap-3">
          <Skeleton className="h-10 w-full" />
          <Skeleton className="h-24 w-full" />
        </div>
      </Card>
    );
  }
  return (
    <div className="grid gap-4">
      {lost && <LostNotice />}
      <SettingsForm
        draft={draft}
        change={(part) => setDraft({ ...draft, ...part })}
        revision={revision}
        setRevision={setRevision}
      />
    </div>
  );
}

/** The vault doesn't hold them any more: its owner removed them, or reset the password. */
function LostNotice() {
  const { name, channels } = useShownAssistant().instance;
  return (
    <Notice tone="warn" title={`The saved settings of ${name} are gone from your vault`}>
      They were removed, or encrypted with a password that you reset. {name} goes on with the copy that its
      machine has. If you launch it again, it gets exactly what stands here
      {channels.length > 0 && ": enter its bot tokens too, or it leaves those chats"}.
    </Notice>
  );
}

/** What is in the vault, once it is unlocked; for an assistant whose settings aren't there, what is known of it. */
function useSavedDraft() {
  const { instance } = useShownAssistant();
  const { unlocked } = useVault();
  const [draft, setDraft] = useState<ConfigurationDraft | null>(null);
  const [revision, setRevision] = useState<number>();
  const [lost, setLost] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { configId, name, model } = instance;

  useEffect(() => {
    if (draft || !unlocked) return;
    const known = { name, model, personality: "", telegramToken: "", discordToken: "" };
    if (!configId) return setDraft(known);
    let gone = false;
    launch.vault.configs.get(configId).then(
      (saved) => {
        if (gone) return;
        setRevision(saved.revision);
        setDraft(draftOf(saved.configuration));
      },
      (error: unknown) => {
        if (gone) return;
        if (toLaunchError(error).code !== "vault.config-missing") return setProblem(textOfError(error));
        setLost(true);
        setDraft(known);
      },
    );
    return () => {
      gone = true;
    };
  }, [draft, unlocked, configId, name, model]);

  return { draft, setDraft, revision, setRevision, lost, problem };
}

type SettingsFormProps = {
  draft: ConfigurationDraft;
  change: (part: Partial<ConfigurationDraft>) => void;
  /** What the draft was made from: what another tab or device saved since is not overwritten. */
  revision: number | undefined;
  setRevision: (revision: number) => void;
};

function SettingsForm({ draft, change, revision, setRevision }: SettingsFormProps) {
  const { instance, models } = useShownAssistant();
  const { unlock, deploy } = useVault();
  const { note } = useLiveInstances();
  const navigate = useNavigate();
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { configuration, errors } = readDraft(draft);
  const shown = checked ? (errors ?? {}) : {};

  const rename = async (name: string) =>
    note(await launch.api.instances.rename.mutate({ instanceId: instance.id, name }));

  async function submit(event: FormEvent) {
    event.preventDefault();
    setChecked(true);
    setError(null);
    if (!configuration) return;
    try {
      if (!(await unlock("Your changes are encrypted with your vault’s key."))) return;
      setBusy("Encrypting and sealing…");
      const isLaunched = await deploy({
        instanceId: instance.id,
        configuration,
        baseRevision: revision,
        onSaved: async (saved) => {
          setRevision(saved.revision);
          if (configuration.name !== instance.name) await rename(configuration.name);
        },
      });
      if (isLaunched) navigate(`/assistants/${instance.id}`);
      else setBusy(null);
    } catch (refusal) {
      const { code, details } = toLaunchError(refusal);
      // It was said: saving once more replaces what is there.
      if (code === "vault.revision-conflict" && details["revision"]) setRevision(Number(details["revision"]));
      setError(refusal);
      setBusy(null);
    }
  }

  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Card title="Who">
        <div className="grid gap-4">
          <Field label="Name" error={shown.name}>
            {(control) => (
              <TextInput
                {...control}
                value={draft.name}
                maxLength={40}
                autoComplete="off"
                onChange={(event) => change({ name: event.target.value })}
              />
            )}
          </Field>
          <Field label="Personality" optional error={shown.personality}>
            {(control) => (
              <TextArea
                {...control}
                value={draft.personality}
                maxLength={8000}
                onChange={(event) => change({ personality: event.target.value })}
              />
            )}
          </Field>
        </div>
      </Card>
      <Card title="Brain">
        <ModelChoice models={models} value={draft.model} onChange={(model) => change({ model })} />
      </Card>
      <Card title="Where">
        <div className="grid gap-4">
          <ChannelFields tokens={draft} errors={shown} onChange={change} onBlur={() => setChecked(true)} />
        </div>
      </Card>
      {error !== null && <Refusal title="Nothing was changed on the machine" error={error} />}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-muted">
          {instance.configRevision
            ? "It restarts with the new settings; its memory stays."
            : "It starts as soon as its machine has the settings."}
        </p>
        <Button type="submit" look="primary" busy={busy}>
          {instance.configRevision ? "Save and relaunch" : "Launch"}
        </Button>
      </div>
    </form>
  );
}
