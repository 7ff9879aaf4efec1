import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { IconButton } from "@openclaw-launch/ui/icon-button";
import { Menu } from "@openclaw-launch/ui/menu";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { Tabs } from "@openclaw-launch/ui/tabs";
import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import {
  Outlet,
  type ShouldRevalidateFunction,
  useLoaderData,
  useNavigate,
  useOutletContext,
} from "@remix-run/react";
import { Ellipsis, OctagonX, Play, RotateCw, Square, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { load } from "~/api.server";
import { ErasureList } from "~/components/erasure-list";
import { LaunchFailed } from "~/components/launch-failed";
import { NotLive } from "~/components/not-live";
import { canStart, canStop } from "~/live/assistant-commands";
import { useCommands } from "~/live/commands";
import { useInstance } from "~/live/instances";
import { activityOf, badges } from "~/status";

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const [instance, { models }] = await Promise.all([
      api.instances.get({ instanceId: args.params["id"] ?? "" }),
      api.instances.models({}),
    ]);
    return { instance, models };
  });

/** Filters in the address are about what the browser has already, unless the page becomes another assistant's. */
export const shouldRevalidate: ShouldRevalidateFunction = ({
  currentUrl,
  currentParams,
  nextUrl,
  nextParams,
  defaultShouldRevalidate,
}) =>
  defaultShouldRevalidate &&
  (currentUrl.search === nextUrl.search || currentParams["id"] !== nextParams["id"]);

type Loaded = Awaited<ReturnType<typeof loader>>;

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? titleOf(data.instance) : "Not found · OpenClaw Launch" },
];

const titleOf = ({ status, name }: InstanceView) => `● ${badges[status].label} · ${name}`;

/** The assistant that the tabs show. */
export const useShownAssistant = () => useOutletContext<Loaded>();

export default function Assistant() {
  const { instance: loaded, models } = useLoaderData<typeof loader>();
  const instance = useInstance(loaded);
  const navigate = useNavigate();
  const { id, name, status } = instance;

  useEffect(() => {
    document.title = titleOf(instance);
  }, [instance]);
  useEffect(() => {
    if (status === "removed") navigate("/assistants", { replace: true });
  }, [status, navigate]);

  const path = `/assistants/${id}`;
  return (
    // Nothing of one assistant stays when its page becomes another's.
    <div key={id} className="flex grow flex-col">
      <header className="mb-2 flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
        <div className="min-w-0">
          <h1 className="truncate text-xl font-semibold">{name}</h1>
          <div className="flex flex-wrap items-baseline gap-x-3">
            <StateBadge {...badges[status]} />
            <span className="text-muted">{activityOf(instance)}</span>
          </div>
        </div>
        <Controls instance={instance} />
      </header>
      <Tabs
        label={`Parts of ${name}`}
        tabs={[
          { label: "Chat", to: path, end: true },
          { label: "Overview", to: `${path}/overview` },
          { label: "Logs", to: `${path}/logs` },
          { label: "Devices", to: `${path}/devices` },
          { label: "Backups", to: `${path}/backups` },
          { label: "Settings", to: `${path}/settings` },
        ]}
      />
      <div className="flex grow flex-col pt-5">
        <NotLive />
        <LaunchFailed instance={instance} />
        <Outlet context={{ instance, models } satisfies Loaded} />
      </div>
    </div>
  );
}

function Controls({ instance }: { instance: InstanceView }) {
  const { command, pending } = useCommands();
  const [asking, setAsking] = useState<"kill" | "remove" | null>(null);
  const busy = pending.get(instance.id);
  const { name } = instance;

  async function kill() {
    if (await command("kill", instance)) setAsking(null);
  }

  /** May ask who it is: no question lies over another. */
  function remove() {
    setAsking(null);
    void command("remove", instance);
  }

  return (
    <div className="flex items-center gap-2">
      {canStart(instance) && (
        <Button
          look="primary"
          busy={busy === "start" ? "Starting…" : null}
          onClick={() => void command("start", instance)}
        >
          <Play size={16} aria-hidden />
          Start
        </Button>
      )}
      {canStop(instance) && (
        <Button busy={busy === "stop" ? "Stopping…" : null} onClick={() => void command("stop", instance)}>
          <Square size={16} aria-hidden className="fill-current" />
          Stop
        </Button>
      )}
      {instance.status !== "draft" && (
        <Button look="danger" disabled={instance.status === "removing"} onClick={() => setAsking("kill")}>
          <OctagonX size={16} aria-hidden />
          Kill
        </Button>
      )}
      <Menu
        label={`More for ${name}`}
        trigger={<IconButton label={`More for ${name}`} icon={<Ellipsis size={18} aria-hidden />} />}
        items={[
          {
            label: "Restart",
            icon: <RotateCw size={16} aria-hidden />,
            disabled: instance.status !== "running",
            onSelect: () => void command("restart", instance),
          },
          {
            label: "Delete…",
            icon: <Trash2 size={16} aria-hidden />,
            danger: true,
            disabled: instance.status === "removing",
            onSelect: () => setAsking("remove"),
          },
        ]}
      />
      <ConfirmDialog
        open={asking === "kill"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={`Kill ${name}?`}
        description="It stops this very second; an answer it is writing is lost. Its memory and settings stay, and you can start it again."
        action="Kill now"
        busy={busy === "kill" ? "Killing…" : null}
        onConfirm={() => void kill()}
      />
      <ConfirmDialog
        open={asking === "remove"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={`Delete ${name}?`}
        description={<ErasureList />}
        action="Delete for ever"
        typedName={name}
        busy={busy ? "One moment…" : null}
        onConfirm={remove}
      />
    </div>
  );
}
