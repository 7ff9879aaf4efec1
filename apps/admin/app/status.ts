// How an instance's state reads, in the order of a fleet's worries.
import { instanceStatus, type InstanceStatus } from "@openclaw-launch/core/instances/schema";
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

export const statuses = Object.keys(badges).map((status) => instanceStatus.parse(status));
/** What counts as existing. */
export const livingStatuses = statuses.filter((status) => status !== "removed");
