import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Notice } from "@openclaw-launch/ui/notice";
import { Timeline } from "@openclaw-launch/ui/timeline";
import { Link } from "@remix-run/react";
import { textOfCode } from "~/errors";
import { stepsOf } from "~/status";

const titles = {
  deploy: "Launching",
  start: "Starting",
  restart: "Restarting",
  stop: "Stopping",
  kill: "Killing",
  remove: "Deleting",
  rotate: "Rotating the token of",
  backup: "Backing up",
  restore: "Restoring",
  upgrade: "Upgrading",
} as const;

type OperationProgressProps = { instance: InstanceView; operation: NonNullable<InstanceView["operation"]> };

/** A command under way, phase by phase; or how it failed. */
export function OperationProgress({ instance, operation }: OperationProgressProps) {
  const failed = operation.state === "failed";
  return (
    <section className="mx-auto grid w-full max-w-xl animate-rise gap-5 rounded-md border border-line bg-surface p-5 md:p-6">
      <h2 className="text-base font-semibold">
        {failed ? `${titles[operation.kind]} didn’t work` : `${titles[operation.kind]} ${instance.name}`}
      </h2>
      <Timeline label={`${titles[operation.kind]} ${instance.name}`} steps={stepsOf(operation)} />
      {failed && (
        <Notice
          tone="bad"
          action={
            <Button size="small" asChild>
              <Link to={`/assistants/${instance.id}/logs`}>Look at the log</Link>
            </Button>
          }
        >
          {textOfCode(operation.error) ?? "It stopped unexpectedly."}
        </Notice>
      )}
    </section>
  );
}
