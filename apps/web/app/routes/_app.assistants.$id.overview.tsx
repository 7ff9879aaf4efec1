import { statsRange } from "@openclaw-launch/core/stats/schema";
import { Card } from "@openclaw-launch/ui/card";
import { CopyButton } from "@openclaw-launch/ui/copy-button";
import { EmptyState } from "@openclaw-launch/ui/empty-state";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { Timeline } from "@openclaw-launch/ui/timeline";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import type { ReactNode } from "react";
import { load } from "~/api.server";
import { DiskUsage } from "~/components/disk-usage";
import { RefusedConnections } from "~/components/refused-connections";
import { Upgrade } from "~/components/upgrade";
import { UsageCharts } from "~/components/usage-charts";
import { stepsOf } from "~/status";
import { useShownAssistant } from "./_app.assistants.$id";

const commands = {
  deploy: "Launch",
  start: "Start",
  restart: "Restart",
  stop: "Stop",
  kill: "Kill",
  remove: "Deletion",
  rotate: "New gateway token",
  backup: "Backup",
  restore: "Restore",
  upgrade: "Upgrade",
} as const;
const outcomes = {
  queued: "is queued",
  running: "is under way",
  succeeded: "went well",
  failed: "failed",
  superseded: "was replaced by a newer command",
} as const;
const channelNames = { telegram: "Telegram", discord: "Discord" } as const;

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const instanceId = args.params["id"] ?? "";
    const range = rangeIn(new URL(args.request.url).searchParams);
    const [refused, history] = await Promise.all([
      api.instances.refusedConnections({ instanceId }),
      range && api.instances.statsHistory({ instanceId, range }),
    ]);
    return { refused, history };
  });

/** Null: as it is measured. */
const rangeIn = (search: URLSearchParams) => statsRange.safeParse(search.get("range")).data ?? null;

export default function Overview() {
  const { instance, models } = useShownAssistant();
  const { refused, history } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  const { operation } = instance;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <div className="empty:hidden lg:col-span-2">
        <Upgrade instance={instance} />
      </div>
      {instance.configRevision !== null && (
        <div className="min-w-0 lg:col-span-2">
          <UsageCharts instance={instance} range={rangeIn(search)} history={history} />
        </div>
      )}
      <Card title="About">
        <dl className="grid gap-3">
          <Fact name="Brain">{models.find(({ id }) => id === instance.model)?.name ?? instance.model}</Fact>
          <Fact name="Answers in">
            {["Browser", ...instance.channels.map((channel) => channelNames[channel])].join(", ")}
          </Fact>
          <Fact name="Settings">
            {instance.configRevision
              ? `Revision ${instance.configRevision} of your vault`
              : "Not launched yet"}
          </Fact>
          {instance.version && <Fact name="OpenClaw">{instance.version}</Fact>}
          <Fact name="Created">
            <RelativeTime date={instance.createdAt} />
          </Fact>
          <Fact name="Id">
            <span className="flex min-w-0 items-center gap-1">
              <code className="truncate font-mono text-[13px]">{instance.id}</code>
              <CopyButton text={instance.id} label="Copy id" />
            </span>
          </Fact>
        </dl>
      </Card>
      {operation ? (
        <Card
          title={`${commands[operation.kind]} ${outcomes[operation.state]}`}
          hint={<RelativeTime date={operation.finishedAt ?? operation.createdAt} />}
        >
          {operation.phases.length > 0 ? (
            <Timeline label="Phases" steps={stepsOf(operation)} />
          ) : (
            <p className="text-muted">Nothing had to be done.</p>
          )}
        </Card>
      ) : (
        <EmptyState title="Nothing happened yet">
          Its first launch will be shown here, step by step.
        </EmptyState>
      )}
      {instance.configRevision !== null && <DiskUsage instanceId={instance.id} />}
      <RefusedConnections connections={refused} />
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[7rem_minmax(0,1fr)] items-baseline gap-3">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
