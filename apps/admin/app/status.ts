// How an instance's state reads.
import type { InstanceStatus } from "@openclaw-launch/core/instances/schema";
import type { Tone } from "@openclaw-launch/ui/state-badge";

type Badge = { tone: Tone; label: string; active: boolean };

export const badges: Record<InstanceStatus, Badge> = {
  running: { tone: "ok", label: "Running", active: false },
  failed: { tone: "bad", label: "Failed", active: false },
  starting: { tone: "info", label: "Starting", active: true },
  stopping: { tone: "info", label: "Stopping", active: true },
  stopped: { tone: "neutral", label: "Stopped", active: false },
  draft: { tone: "neutral", label: "Not launched", active: false },
  removing: { tone: "warn", label: "Deleting", active: true },
  removed: { tone: "neutral", label: "Deleted", active: false },
};

/** What counts as existing. */
export const livingStatuses = [
  "running",
  "failed",
  "starting",
  "stopping",
  "stopped",
  "draft",
  "removing",
] as const satisfies InstanceStatus[];
export const statuses: readonly InstanceStatus[] = [...livingStatuses, "removed"];
