// How an assistant's state reads.
import type { InstanceView, PhaseName } from "@openclaw-launch/core/instances/schema";
import type { Tone } from "@openclaw-launch/ui/state-badge";
import type { TimelineStep } from "@openclaw-launch/ui/timeline";
import { textOfCode } from "~/errors";

type Status = InstanceView["status"];

export const badges: Record<Status, { tone: Tone; label: string; active: boolean }> = {
  draft: { tone: "neutral", label: "Not launched", active: false },
  starting: { tone: "info", label: "Starting", active: true },
  running: { tone: "ok", label: "Running", active: false },
  stopping: { tone: "info", label: "Stopping", active: true },
  stopped: { tone: "neutral", label: "Stopped", active: false },
  failed: { tone: "bad", label: "Failed", active: false },
  removing: { tone: "bad", label: "Deleting", active: true },
  removed: { tone: "neutral", label: "Deleted", active: false },
};

const phaseLabels: Record<PhaseName, string> = {
  "open-configuration": "Opening your sealed configuration",
  "provide-model-key": "Preparing its model budget",
  "create-container": "Building a container of its own",
  "start-container": "Starting it",
  "wait-live": "Waking up OpenClaw",
  "wait-ready": "Connecting its channels",
  "first-answer": "Waiting for its first words",
  "stop-container": "Stopping the container",
  "remove-container": "Erasing container, network and storage",
  "revoke-model-key": "Revoking its model key",
  "make-token": "Making a new token",
  "apply-token": "Handing it to the gateway",
  "revoke-devices": "Revoking its devices",
  "copy-state": "Copying what it remembers",
  "fetch-backup": "Bringing the backup from another machine",
  "check-backup": "Checking the backup to its end",
  "check-image": "Checking the new version",
  "keep-state": "Keeping what it has now",
  "replace-state": "Putting the backup in its place",
  "roll-back": "Putting everything back as it was",
};

const bringUp = [
  "provide-model-key",
  "create-container",
  "start-container",
  "wait-live",
  "wait-ready",
] as const satisfies PhaseName[];
const expectedPhases: Record<NonNullable<InstanceView["operation"]>["kind"], readonly PhaseName[]> = {
  deploy: ["open-configuration", ...bringUp, "first-answer"],
  start: bringUp,
  restart: ["stop-container", ...bringUp],
  stop: ["stop-container"],
  kill: ["stop-container"],
  remove: ["remove-container", "revoke-model-key"],
  rotate: ["make-token", "apply-token"],
  backup: ["copy-state"],
  restore: [
    "check-backup",
    "stop-container",
    "keep-state",
    "provide-model-key",
    "replace-state",
    "start-container",
    "wait-live",
    "wait-ready",
    "revoke-devices",
  ],
  upgrade: ["check-image", "stop-container", "keep-state", ...bringUp],
};

/** Why an assistant that ran is being started again, by itself. */
const revivals: Readonly<Record<string, string>> = {
  "instance.crashed": "It stopped unexpectedly. Starting it again.",
  "instance.ended": "Its machine ended it. Starting it again.",
  "instance.not-answering": "It didn’t answer any more. Starting it again.",
  "instance.out-of-memory": "It ran out of memory. Starting it again.",
};

type Operation = NonNullable<InstanceView["operation"]>;

/** What the assistant is doing right now, in one line. */
export function activityOf(instance: InstanceView): string {
  const { operation, status } = instance;
  const running = operation?.phases.find((phase) => !phase.finishedAt);
  if (running && badges[status].active) return phaseLabels[running.name];
  if (status === "failed")
    return textOfCode(instance.reason) ?? "It stopped unexpectedly. Look at its log, then start again.";
  if (status === "stopped") return textOfCode(instance.reason) ?? "Start it when you need it again.";
  if (status === "draft") return "Finish its settings to launch it.";
  if (status === "running")
    return instance.reason === "instance.out-of-memory"
      ? "Ready for your messages. One of its programs just needed more memory than there is, and was ended."
      : "Ready for your messages.";
  const revival = status === "starting" && instance.reason && revivals[instance.reason];
  if (revival) return revival;
  return operation ? "Waiting for its machine" : badges[status].label;
}

/** Every phase of a command: those behind it, the one under way, those to come. */
export function stepsOf(operation: Operation): TimelineStep[] {
  const known = new Map(operation.phases.map((phase) => [phase.name, phase]));
  const names = [...new Set([...expectedPhases[operation.kind], ...known.keys()])];
  const open = operation.state === "queued" || operation.state === "running";
  return names
    .filter((name) => open || known.has(name))
    .map((name) => {
      const phase = known.get(name);
      const unfinished = open ? "active" : "failed";
      return {
        id: name,
        label: phaseLabels[name],
        state: phase ? (phase.finishedAt ? "done" : unfinished) : "waiting",
        startedAt: phase?.startedAt ?? null,
        finishedAt: phase?.finishedAt ?? (open ? null : operation.finishedAt),
        detail: phase && !phase.finishedAt && !open ? textOfCode(operation.error) : phase?.detail,
      };
    });
}
