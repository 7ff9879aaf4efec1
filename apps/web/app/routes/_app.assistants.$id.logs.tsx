import { Button } from "@openclaw-launch/ui/button";
import { LogView } from "@openclaw-launch/ui/log-view";
import { Notice } from "@openclaw-launch/ui/notice";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { Eraser, Pause, Play } from "lucide-react";
import { useLogs } from "~/live/logs";
import { useShownAssistant } from "./_app.assistants.$id";

export default function Logs() {
  const { instance } = useShownAssistant();
  const { lines, paused, setPaused, live, problem, clear } = useLogs(instance.id);
  const state = paused
    ? ({ tone: "warn", label: "Paused" } as const)
    : live
      ? ({ tone: "ok", label: "Live" } as const)
      : ({ tone: "warn", label: "Reconnecting", active: true } as const);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <StateBadge {...state} />
        <div className="flex gap-2">
          <Button size="small" onClick={() => setPaused(!paused)} aria-pressed={paused}>
            {paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            {paused ? "Go on" : "Pause"}
          </Button>
          <Button size="small" onClick={clear} disabled={lines.length === 0}>
            <Eraser size={14} aria-hidden />
            Clear view
          </Button>
        </div>
      </div>
      {problem && <Notice tone="bad">{problem}</Notice>}
      {!live && !problem && (
        <Notice tone="warn">
          The connection was interrupted. It continues at the last line that you saw.
        </Notice>
      )}
      <LogView label={`Log of ${instance.name}`} lines={lines} />
      {lines.length === 0 && !problem && (
        <p className="text-muted">Nothing was written yet. New lines appear here as they come.</p>
      )}
    </div>
  );
}
