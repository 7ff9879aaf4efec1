import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { Field } from "@openclaw-launch/ui/field";
import { Notice } from "@openclaw-launch/ui/notice";
import { TextInput } from "@openclaw-launch/ui/text-input";
import { useNavigate } from "@remix-run/react";
import { type ReactNode, useState } from "react";
import { api } from "~/api.client";
import { StepUpDialog } from "~/components/step-up-dialog";
import { textOfError } from "~/errors";

/** Whose assistants a kill switch is about. */
export type Subject = "everybody" | { userId: string; email: string };

type DialogProps = { onClose: () => void };

/** Kills what is theirs, and leads to where the switch is released again. */
export function ThrowSwitch({ subject, onClose }: DialogProps & { subject: Subject }) {
  const navigate = useNavigate();
  // A repeat is the same throw: it goes on where it was broken off.
  const [operationId] = useState(() => crypto.randomUUID());
  const isAll = subject === "everybody";
  return (
    <ReasonDialog
      purpose={isAll ? "stop everybody’s assistants" : `stop all assistants of ${subject.email}`}
      description="Each is killed at once, whatever it is doing, and none starts until you release the switch. What they remember is kept."
      hint={
        isAll
          ? "It stands on this page and in the audit log."
          : "They read it in their activity. It stands in the audit log too."
      }
      typedName={isAll ? "everybody" : subject.email}
      action="Stop all"
      doing="Stopping…"
      act={async (reason) => {
        if (isAll) await api.killSwitch.fleet.mutate({ operationId, reason });
        else await api.killSwitch.user.mutate({ operationId, reason, userId: subject.userId });
        onClose();
        navigate("/kill-switch");
      }}
      onClose={onClose}
    />
  );
}

type ReleaseSwitchProps = DialogProps & { switchId: string; of: string; onReleased: () => void };

export function ReleaseSwitch({ switchId, of, onReleased, onClose }: ReleaseSwitchProps) {
  return (
    <ReasonDialog
      purpose={`release the switch of ${of}`}
      description="Nothing starts by itself: the owners of the assistants start them again, unless another switch still stands."
      hint="It stands in the audit log."
      action="Release"
      look="primary"
      doing="Releasing…"
      act={async (reason) => {
        await api.killSwitch.release.mutate({ switchId, reason });
        onReleased();
        onClose();
      }}
      onClose={onClose}
    />
  );
}

type ReasonDialogProps = DialogProps & {
  /** What it does, as "To …" goes on. */
  purpose: string;
  description: ReactNode;
  hint: string;
  typedName?: string;
  action: string;
  look?: "danger" | "primary";
  doing: string;
  /** Rejects with a refusal. */
  act: (reason: string) => Promise<void>;
};

/** Asks why, then who: what was typed is kept until it is done. */
function ReasonDialog({ purpose, description, hint, act, doing, onClose, ...rest }: ReasonDialogProps) {
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [proving, setProving] = useState(false);

  async function confirm() {
    setRefusal(null);
    setMissing(reason.trim().length < 3);
    if (reason.trim().length < 3) return;
    setBusy(true);
    try {
      await act(reason);
    } catch (error) {
      if (toLaunchError(error).code === "auth.step-up-required") setProving(true);
      else setRefusal(textOfError(error));
      setBusy(false);
    }
  }

  return (
    <>
      <ConfirmDialog
        open={!proving}
        onOpenChange={onClose}
        title={`${purpose.charAt(0).toUpperCase()}${purpose.slice(1)}?`}
        description={description}
        busy={busy ? doing : null}
        onConfirm={() => void confirm()}
        {...rest}
      >
        {refusal && (
          <Notice tone="bad" title="That didn’t work">
            {refusal}
          </Notice>
        )}
        <Field
          label="Reason"
          hint={hint}
          error={isMissing ? "Say in a few words why: three letters at least." : null}
        >
          {(control) => (
            <TextInput
              {...control}
              maxLength={500}
              autoComplete="off"
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
      </ConfirmDialog>
      <StepUpDialog
        open={proving}
        purpose={purpose}
        onProven={() => {
          setProving(false);
          void confirm();
        }}
        onClose={() => setProving(false)}
      />
    </>
  );
}
