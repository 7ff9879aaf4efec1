import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { Notice } from "@openclaw-launch/ui/notice";
import { useToast } from "@openclaw-launch/ui/toast";
import { useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { useStepUp } from "./step-up";

/** Fewer than this are worth a warning. */
const comfortablyLeft = 4;

type RecoveryCodesCardProps = { left: number; onCodes: (codes: readonly string[]) => void };

/** For whoever has a second factor. */
export function RecoveryCodesCard({ left, onCodes }: RecoveryCodesCardProps) {
  const prove = useStepUp();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);

  async function renew() {
    setAsking(false);
    setBusy(true);
    try {
      const made = await prove("make new recovery codes", () =>
        launch.api.auth.recoveryCodes.regenerate.mutate({}),
      );
      if (made) onCodes(made.codes);
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Card
        title="Recovery codes"
        hint={
          <span className="tabular-nums">{left} of 10 left, for when your phone or your key is lost.</span>
        }
        actions={
          <Button busy={busy ? "Making new ones…" : null} onClick={() => setAsking(true)}>
            New recovery codes
          </Button>
        }
      >
        {left < comfortablyLeft && (
          <Notice tone="warn" title={left === 0 ? "No recovery code is left" : "Few recovery codes are left"}>
            Without one, a lost phone or key locks you out. Make new ones.
          </Notice>
        )}
      </Card>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Make new recovery codes?"
        description="Those that you kept stop working. The ten new ones are shown once."
        action="Make new ones"
        onConfirm={() => void renew()}
      />
    </>
  );
}
