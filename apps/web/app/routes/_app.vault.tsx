import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { IconButton } from "@openclaw-launch/ui/icon-button";
import { PageHeader } from "@openclaw-launch/ui/page-header";
import { useRefresh } from "@openclaw-launch/ui/refresh";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { useToast } from "@openclaw-launch/ui/toast";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { FileLock2, KeyRound, LockKeyhole, LockKeyholeOpen, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useStepUp } from "~/account/step-up";
import { load } from "~/api.server";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { LeftBehind } from "~/vault/left-behind";
import { useVault } from "~/vault/unlock";

export const meta = () => [{ title: "Vault · OpenClaw Launch" }];

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const after = new URL(args.request.url).searchParams.get("after");
    const [slots, configs, leftBehind, { items }] = await Promise.all([
      api.vault.slots.list({}),
      api.vault.configs.list({ cursor: after }),
      api.vault.leftBehind({}),
      api.instances.list({}),
    ]);
    const lost = new Set(leftBehind.map(({ id }) => id));
    const users = items.flatMap(({ configId, name }) => (configId ? [[configId, name] as const] : []));
    return {
      slots: slots.map(({ id, kind, createdAt }) => ({ id, kind, createdAt })),
      configs: configs.items,
      leftBehind,
      withoutConfig: items
        .filter(({ configId }) => configId !== null && lost.has(configId))
        .map(({ id, name }) => ({ id, name })),
      usedBy: Object.fromEntries(users),
    };
  });

type Config = Awaited<ReturnType<typeof loader>>["configs"][number];

export default function Vault() {
  const { slots, configs, leftBehind, withoutConfig, usedBy } = useLoaderData<typeof loader>();
  const { unlocked, unlock } = useVault();
  const refresh = useRefresh();
  const names = useNames(unlocked, configs);

  async function open() {
    const purpose =
      "Its keys stay in this browser’s memory until you lock it, sign out, or do nothing for 15 minutes.";
    if ((await unlock(purpose)) && slots.length === 0) void refresh();
  }

  return (
    <>
      <PageHeader
        title="Vault"
        subtitle="Encrypted in your browser. Our servers, their database and its backups hold ciphertext only."
      >
        {unlocked ? (
          <Button onClick={() => launch.vault.lock()}>
            <LockKeyhole size={16} aria-hidden />
            Lock
          </Button>
        ) : (
          <Button look="primary" onClick={() => void open()}>
            <LockKeyholeOpen size={16} aria-hidden />
            {slots.length === 0 ? "Set a password" : "Unlock"}
          </Button>
        )}
      </PageHeader>
      <div className="grid gap-4">
        <LeftBehind configs={leftBehind} assistants={withoutConfig} />
        <Card title="Who can open it">
          <ul className="grid gap-3">
            {slots.length === 0 && (
              <li className="text-muted">
                Nobody yet: your account has no password, and a vault needs one that only you know.
              </li>
            )}
            {slots.map((slot) => (
              <li key={slot.id} className="flex items-center gap-3">
                <KeyRound size={18} aria-hidden className="shrink-0 text-muted" />
                <div>
                  <p className="font-medium">Your password</p>
                  <p className="text-muted">
                    Set <RelativeTime date={slot.createdAt} />. Without it nobody opens the vault, not even
                    we.
                  </p>
                </div>
              </li>
            ))}
          </ul>
          <div className="mt-4 border-t border-line pt-4">
            <StateBadge
              {...(unlocked
                ? { tone: "ok", label: "Unlocked in this tab" }
                : { tone: "neutral", label: "Locked" })}
            />
            <p className="mt-1 text-muted">
              {unlocked
                ? "It locks itself after 15 idle minutes, when you sign out, and when this tab closes or reloads."
                : "Running assistants don’t need it. You do, to read or change their settings and to launch them."}
            </p>
          </div>
        </Card>
        {configs.length === 0 ? (
          <EmptyState title="Nothing is stored yet">
            The settings of your assistants are kept here, encrypted, from their first launch on.
          </EmptyState>
        ) : (
          <Card title="Configurations">
            <ul className="grid gap-3">
              {configs.map((config) => (
                <ConfigRow
                  key={config.id}
                  config={config}
                  name={names.get(config.id) ?? usedBy[config.id]}
                  user={usedBy[config.id]}
                />
              ))}
            </ul>
          </Card>
        )}
      </div>
    </>
  );
}

/** Names stand inside the ciphertext: known only while the vault is unlocked. */
function useNames(unlocked: boolean, configs: Config[]): ReadonlyMap<string, string> {
  const toast = useToast();
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    if (!unlocked || configs.length === 0) return setNames(new Map());
    let gone = false;
    launch.vault.configs.list().then(
      (opened) => !gone && setNames(new Map(opened.map(({ id, configuration }) => [id, configuration.name]))),
      (error: unknown) => !gone && toast({ tone: "bad", text: textOfError(error) }),
    );
    return () => {
      gone = true;
    };
  }, [unlocked, configs, toast]);
  return names;
}

function ConfigRow({
  config,
  name,
  user,
}: {
  config: Config;
  name: string | undefined;
  user: string | undefined;
}) {
  const { unlock } = useVault();
  const refresh = useRefresh();
  const prove = useStepUp();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const title = name ?? "Locked configuration";

  async function remove() {
    setAsking(false);
    setBusy(true);
    try {
      if (await unlock("Your browser keeps the list of what the vault should hold."))
        await prove(`remove the configuration ${name ? `of ${name}` : "from your vault"}`, async () => {
          await launch.vault.configs.remove(config.id);
          return {};
        });
      void refresh();
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setBusy(false);
    }
  }

  return (
    <li className="flex items-center gap-3">
      <FileLock2 size={18} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-0 grow">
        <p className="truncate font-medium">{title}</p>
        <p className="text-muted">
          {config.revision === 1 ? "1 revision" : `${config.revision} revisions`} · saved{" "}
          <RelativeTime date={config.updatedAt} />
          {user ? ` · used by ${user}` : " · used by nothing"}
        </p>
      </div>
      <IconButton
        label={`Remove ${title}`}
        icon={<Trash2 size={16} aria-hidden />}
        aria-disabled={busy}
        onClick={() => !busy && setAsking(true)}
      />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Remove ${title}?`}
        description={
          user
            ? `All its revisions are erased. ${user} keeps running with its sealed copy, but you can no longer see or change its settings.`
            : "All its revisions are erased, with the tokens in them. This can’t be undone."
        }
        action="Remove"
        onConfirm={() => void remove()}
      />
    </li>
  );
}
