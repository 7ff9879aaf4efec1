import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { Notice } from "@openclaw-launch/ui/notice";
import { useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { megabytes } from "./megabytes";

type Folders = Awaited<ReturnType<typeof launch.api.instances.diskUsage.query>>;

/** What takes up an assistant's disk, on demand: its machine has to walk through all of it. */
export function DiskUsage({ instanceId }: { instanceId: string }) {
  const [folders, setFolders] = useState<Folders | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function look() {
    setBusy(true);
    setProblem(null);
    try {
      setFolders(await launch.api.instances.diskUsage.query({ instanceId }));
    } catch (error) {
      setProblem(textOfError(error));
    }
    setBusy(false);
  }

  return (
    <Card title="Disk" hint="What the assistant keeps: its memory, files and downloads.">
      <div className="grid gap-3">
        {folders && <FolderList folders={folders} />}
        {problem && <Notice tone="bad">{problem}</Notice>}
        <div>
          <Button busy={busy ? "Looking…" : null} onClick={() => void look()}>
            {folders ? "Look again" : "Show what takes up space"}
          </Button>
        </div>
      </div>
    </Card>
  );
}

function FolderList({ folders }: { folders: Folders }) {
  if (folders.length === 0) return <p className="text-muted">Nothing in it is larger than 1 MB.</p>;
  return (
    <ul className="grid gap-1" aria-label="Largest files and folders">
      {folders.map(({ path, bytes }) => (
        <li key={path} className="flex items-baseline justify-between gap-3">
          <code className="min-w-0 truncate font-mono text-[13px]">{path}</code>
          <span className="shrink-0 tabular-nums text-muted">{megabytes(bytes)}</span>
        </li>
      ))}
    </ul>
  );
}
