import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { Notice } from "@openclaw-launch/ui/notice";
import { Download } from "lucide-react";
import { useState } from "react";
import { useStepUp } from "~/account/step-up";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";

/** What an assistant runs with, as a file for its owner. */
export function ExportConfig({ instance: { id, slug } }: { instance: { id: string; slug: string } }) {
  const prove = useStepUp();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function download() {
    setBusy(true);
    setProblem(null);
    try {
      await prove("download the running configuration", async () => {
        const { content } = await launch.api.instances.exportConfig.mutate({ instanceId: id });
        save(`${slug}.openclaw.json`, content);
        return {};
      });
    } catch (error) {
      setProblem(textOfError(error));
    }
    setBusy(false);
  }

  return (
    <Card title="Running configuration" hint="As a file. Tokens and keys are left out.">
      <div className="grid gap-3">
        {problem && <Notice tone="bad">{problem}</Notice>}
        <div>
          <Button busy={busy ? "Fetching…" : null} onClick={() => void download()}>
            <Download size={16} aria-hidden />
            Download
          </Button>
        </div>
      </div>
    </Card>
  );
}

function save(name: string, content: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
