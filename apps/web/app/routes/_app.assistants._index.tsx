import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { IconButton } from "@openclaw-launch/ui/icon-button";
import { PageHeader } from "@openclaw-launch/ui/page-header";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { Play, Plus, Square } from "lucide-react";
import { load } from "~/api.server";
import { ChannelIcons } from "~/components/channel-icons";
import { NotLive } from "~/components/not-live";
import { ThreeSteps } from "~/components/three-steps";
import { canStart, canStop } from "~/live/assistant-commands";
import { useCommands } from "~/live/commands";
import { useInstances } from "~/live/instances";
import { activityOf, badges } from "~/status";

export const meta = () => [{ title: "Assistants · OpenClaw Launch" }];

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const after = new URL(args.request.url).searchParams.get("after");
    const [page, { models }] = await Promise.all([
      api.instances.list({ cursor: after }),
      api.instances.models({}),
    ]);
    return {
      ...page,
      isFirst: after === null,
      models: Object.fromEntries(models.map(({ id, name }) => [id, name])),
    };
  });

export default function Assistants() {
  const { items, nextCursor, isFirst, models } = useLoaderData<typeof loader>();
  const instances = useInstances(items, { whole: isFirst });
  if (instances.length === 0 && isFirst) return <NoAssistants />;
  return (
    <>
      <PageHeader title="Assistants">
        <Button look="primary" asChild>
          <Link to="/assistants/new" prefetch="intent">
            <Plus size={16} aria-hidden />
            New assistant
          </Link>
        </Button>
      </PageHeader>
      <NotLive />
      <ul className="grid gap-3 md:gap-0 md:divide-y md:divide-line md:overflow-hidden md:rounded-md md:border md:border-line md:bg-surface">
        {instances.map((instance) => (
          <AssistantRow
            key={instance.id}
            instance={instance}
            model={models[instance.model] ?? instance.model}
          />
        ))}
      </ul>
      {nextCursor && (
        <Button className="mt-4 self-center" asChild>
          <Link to={`?after=${encodeURIComponent(nextCursor)}`}>Older assistants</Link>
        </Button>
      )}
    </>
  );
}

function AssistantRow({ instance, model }: { instance: InstanceView; model: string }) {
  const badge = badges[instance.status];
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 rounded-md border border-line bg-surface p-4 transition-colors duration-100 hover:bg-sunken/60 md:grid-cols-[minmax(0,2fr)_8rem_minmax(0,1.6fr)_auto] md:rounded-none md:border-0 md:px-4 md:py-3">
      <div className="min-w-0">
        <Link
          to={`/assistants/${instance.id}`}
          prefetch="intent"
          className="block truncate font-semibold after:absolute after:inset-0 after:rounded-md"
        >
          {instance.name}
        </Link>
        <p className="flex items-center gap-2 text-muted">
          <span className="truncate">{model}</span>
          <ChannelIcons channels={instance.channels} />
        </p>
      </div>
      <div className="order-last col-span-2 md:order-none md:col-span-1">
        <StateBadge {...badge} />
      </div>
      <div className="order-last col-span-2 min-w-0 text-muted md:order-none md:col-span-1">
        <p className="line-clamp-2">{activityOf(instance)}</p>
        <p className="text-[0.9em]">
          <RelativeTime date={instance.updatedAt} />
        </p>
      </div>
      <QuickActions instance={instance} />
    </li>
  );
}

function QuickActions({ instance }: { instance: InstanceView }) {
  const { command, pending } = useCommands();
  const busy = pending.has(instance.id);
  return (
    <div className="relative flex w-9 justify-end">
      {canStart(instance) && (
        <IconButton
          label={`Start ${instance.name}`}
          icon={<Play size={18} aria-hidden />}
          disabled={busy}
          onClick={() => void command("start", instance)}
        />
      )}
      {canStop(instance) && (
        <IconButton
          label={`Stop ${instance.name}`}
          icon={<Square size={18} aria-hidden className="fill-current" />}
          disabled={busy}
          onClick={() => void command("stop", instance)}
        />
      )}
    </div>
  );
}

function NoAssistants() {
  return (
    <div className="grid grow content-center justify-items-center gap-6 py-4 text-center md:gap-8 md:py-10">
      <div>
        <h1 className="text-2xl font-semibold">Launch your first assistant</h1>
        <p className="mt-2 text-muted">
          Three steps, about a minute. It runs in a container of its own and answers right here.
        </p>
      </div>
      <ThreeSteps />
      <Button look="primary" size="large" asChild>
        <Link to="/assistants/new" prefetch="render">
          Start
        </Link>
      </Button>
    </div>
  );
}
