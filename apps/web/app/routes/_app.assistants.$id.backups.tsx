import type { BackupView } from "@openclaw-launch/core/backups/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { Choice } from "@openclaw-launch/ui/choice";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { Notice } from "@openclaw-launch/ui/notice";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useNavigate } from "@remix-run/react";
import { Archive } from "lucide-react";
import { useState } from "react";
import { load } from "~/api.server";
import { megabytes } from "~/components/megabytes";
import { textOfCode } from "~/errors";
import { useBackups } from "~/live/backups";
import { useShownAssistant } from "./_app.assistants.$id";

type Other = { id: string; name: string };

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const instanceId = args.params["id"] ?? "";
    const [backups, { items }] = await Promise.all([
      api.instances.backups.list({ instanceId }),
      api.instances.list({}),
    ]);
    const others = items.filter(({ id, configRevision }) => id !== instanceId && configRevision !== null);
    return { backups, others: others.map(({ id, name }): Other => ({ id, name })) };
  });

export default function Backups() {
  const { instance } = useShownAssistant();
  if (instance.configRevision === null) {
    return (
      <EmptyState title={`${instance.name} was never launched`}>
        It remembers nothing yet. Once it runs, it is backed up every day.
      </EmptyState>
    );
  }
  return <Kept />;
}

function Kept() {
  const { instance } = useShownAssistant();
  const { backups, others } = useLoaderData<typeof loader>();
  const { busy, underWay, run, restore, remove } = useBackups(instance);
  const navigate = useNavigate();
  const [restoring, setRestoring] = useState<BackupView | null>(null);
  const [removing, setRemoving] = useState<BackupView | null>(null);
  const { name, operation } = instance;

  async function confirmRestore(backup: BackupView, targetId: string) {
    // The question who sits there must not lie under this one.
    setRestoring(null);
    if (await restore(backup, targetId)) navigate(`/assistants/${targetId}`);
  }

  return (
    <div className="grid max-w-3xl gap-4">
      <Outcome />
      <Card
        title="Backups"
        hint={`Conversations, files and everything else that ${name} remembers, encrypted on its machine: once a day, and whenever you want. Each is kept for seven days. Settings and tokens aren’t in it; they are in your vault.`}
        actions={
          <Button
            busy={busy === "run" || (underWay && operation?.kind === "backup") ? "Backing up…" : null}
            disabled={underWay}
            onClick={() => void run()}
          >
            <Archive size={16} aria-hidden />
            Back up now
          </Button>
        }
      >
        {backups.length === 0 ? (
          <p className="text-muted">None yet. The first one is made by itself within a day.</p>
        ) : (
          <ul aria-label="Backups" className="grid divide-y divide-line">
            {backups.map((backup) => (
              <BackupRow
                key={backup.id}
                backup={backup}
                disabled={underWay || busy !== null}
                onRestore={() => setRestoring(backup)}
                onRemove={() => setRemoving(backup)}
              />
            ))}
          </ul>
        )}
      </Card>
      {restoring && (
        <RestoreDialog
          backup={restoring}
          own={instance}
          others={others}
          onClose={() => setRestoring(null)}
          onConfirm={(targetId) => void confirmRestore(restoring, targetId)}
        />
      )}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title="Remove this backup?"
        description={`It can’t be brought back. ${name} itself stays as it is.`}
        action="Remove backup"
        onConfirm={() => {
          if (removing) void remove(removing);
          setRemoving(null);
        }}
      />
    </div>
  );
}

/** How the newest command went, when it was about a backup and failed. */
function Outcome() {
  const { name, operation } = useShownAssistant().instance;
  if (operation?.state !== "failed") return null;
  if (operation.kind !== "restore" && operation.kind !== "backup") return null;
  const title =
    operation.kind === "backup"
      ? "The last backup failed"
      : `The restore didn’t work: ${name} has what it had before`;
  return (
    <Notice tone="bad" title={title}>
      {textOfCode(operation.error)}
    </Notice>
  );
}

const kinds: Record<BackupView["kind"], string> = {
  scheduled: "Daily",
  onDemand: "Made by you",
  beforeRestore: "What a restore replaced",
  beforeUpgrade: "Before an upgrade",
  moved: "Brought from another machine",
};

type BackupRowProps = {
  backup: BackupView;
  disabled: boolean;
  onRestore: () => void;
  onRemove: () => void;
};

function BackupRow({ backup, disabled, onRestore, onRemove }: BackupRowProps) {
  const { kind, state, sizeBytes, createdAt, expiresAt } = backup;
  const day = createdAt.toISOString().slice(0, 10);
  return (
    <li className="flex flex-wrap items-start gap-3 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 grow basis-56">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-medium">
            <RelativeTime date={createdAt} />
          </span>
          {state === "making" && <StateBadge tone="info" label="Being made" active />}
          {state === "failed" && <StateBadge tone="bad" label="Failed" />}
        </p>
        <p className="text-muted">
          {kinds[kind]}
          {sizeBytes !== null && ` · ${megabytes(sizeBytes)}`} · kept until{" "}
          <span className="whitespace-nowrap tabular-nums">{expiresAt.toISOString().slice(0, 10)}</span>
        </p>
      </div>
      {state !== "making" && (
        <div className="flex gap-2">
          <Button
            size="small"
            disabled={disabled}
            aria-label={`Remove the backup of ${day}`}
            onClick={onRemove}
          >
            Remove
          </Button>
          {state === "ready" && (
            <Button
              size="small"
              disabled={disabled}
              aria-label={`Restore the backup of ${day}`}
              onClick={onRestore}
            >
              Restore…
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

type RestoreDialogProps = {
  backup: BackupView;
  own: Other;
  others: readonly Other[];
  onClose: () => void;
  onConfirm: (targetId: string) => void;
};

function RestoreDialog({ backup, own, others, onClose, onConfirm }: RestoreDialogProps) {
  const [targetId, setTargetId] = useState(own.id);
  const target = others.find(({ id }) => id === targetId) ?? own;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Restore ${target.name}?`}
      description={
        <>
          {target.name} stops for about half a minute and comes back with what {own.name} remembered{" "}
          <RelativeTime date={backup.createdAt} />. What it remembers now is replaced, and kept as a backup.
          Its settings stay; devices have to ask for access again. If it doesn’t come up, everything is put
          back.
        </>
      }
      action="Restore"
      onConfirm={() => onConfirm(targetId)}
    >
      {others.length > 0 && (
        <Choice
          label="Assistant that gets it"
          value={targetId}
          onChange={setTargetId}
          options={[
            { value: own.id, title: own.name, hint: "As it was" },
            ...others.map(({ id, name }) => ({
              value: id,
              title: name,
              hint: `Takes over what ${own.name} remembers`,
            })),
          ]}
        />
      )}
    </ConfirmDialog>
  );
}
