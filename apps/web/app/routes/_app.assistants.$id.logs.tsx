import { Button } from "@openclaw-launch/ui/button";
import { DownloadButton } from "@openclaw-launch/ui/download-button";
import { LogView, type LogViewLine } from "@openclaw-launch/ui/log-view";
import { Notice } from "@openclaw-launch/ui/notice";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { useSearchParams } from "@remix-run/react";
import { Eraser, Pause, Play, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useLogs } from "~/live/logs";
import { useShownAssistant } from "./_app.assistants.$id";

export default function Logs() {
  const { instance } = useShownAssistant();
  const { lines, paused, setPaused, live, problem, clear } = useLogs(instance.id);
  const [address, setAddress] = useSearchParams();
  // The address follows only when the server has answered, which is too late for who types.
  const [{ find, problems }, setFilter] = useState({
    find: address.get("find") ?? "",
    problems: address.has("problems"),
  });
  const shown = lines.filter(
    ({ text, severity }) =>
      (!problems || severity !== "info") && text.toLowerCase().includes(find.toLowerCase()),
  );

  function choose(filter: { find: string; problems: boolean }) {
    setFilter(filter);
    setAddress(
      { ...(filter.find && { find: filter.find }), ...(filter.problems && { problems: "1" }) },
      { replace: true, preventScrollReset: true },
    );
  }

  const state = paused
    ? ({ tone: "warn", label: "Paused" } as const)
    : live
      ? ({ tone: "ok", label: "Live" } as const)
      : ({ tone: "warn", label: "Reconnecting", active: true } as const);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div className="flex min-w-0 grow flex-wrap items-center gap-3">
          <StateBadge {...state} />
          <TextInput
            type="search"
            aria-label="Find in the log"
            placeholder="Find"
            className="max-w-64"
            value={find}
            onChange={(event) => choose({ find: event.target.value, problems })}
          />
        </div>
        <div className="flex flex-wrap gap-2">
          <Button size="small" aria-pressed={problems} onClick={() => choose({ find, problems: !problems })}>
            <TriangleAlert size={14} aria-hidden />
            {problems ? "All lines" : "Problems only"}
          </Button>
          <Button size="small" onClick={() => setPaused(!paused)} aria-pressed={paused}>
            {paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            {paused ? "Go on" : "Pause"}
          </Button>
          <Button size="small" onClick={clear} disabled={lines.length === 0}>
            <Eraser size={14} aria-hidden />
            Clear view
          </Button>
          <DownloadButton
            label="Download"
            fileName={`${instance.slug}.log`}
            type="text/plain"
            size="small"
            content={() => shown.map(asText).join("")}
          />
        </div>
      </div>
      {problem && <Notice tone="bad">{problem}</Notice>}
      {!live && !problem && (
        <Notice tone="warn">
          The connection was interrupted. It continues at the last line that you saw.
        </Notice>
      )}
      <LogView label={`Log of ${instance.name}`} lines={shown} />
      {lines.length > 0 && shown.length === 0 && (
        <p className="text-muted">None of the {lines.length} lines fits. New ones that do appear here.</p>
      )}
      {lines.length === 0 && !problem && (
        <p className="text-muted">Nothing was written yet. New lines appear here as they come.</p>
      )}
    </div>
  );
}

const asText = ({ at, text }: LogViewLine) => `${at.toISOString()} ${text}\n`;
