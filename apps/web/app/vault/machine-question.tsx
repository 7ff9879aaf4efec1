import type { WorkerIdentityChanged } from "@openclaw-launch/sdk/errors";
import { Button } from "@openclaw-launch/ui/button";
import { Dialog } from "@openclaw-launch/ui/dialog";

type MachineQuestionProps = { change: WorkerIdentityChanged | null; onAnswer: (trusted: boolean) => void };

/** Asked before a configuration is sealed to a machine that never received one of this vault's. */
export function MachineQuestion({ change, onAnswer }: MachineQuestionProps) {
  return (
    <Dialog
      open={change !== null}
      onOpenChange={(open) => !open && onAnswer(false)}
      title={change?.pinned ? "This machine has a new key" : "Another machine would run this assistant"}
      description={
        change?.pinned
          ? "It was set up anew, or somebody put another in its place. Whoever has this key can read your configuration. If you didn’t expect it, ask your operator before you go on."
          : "Your configurations went to a different machine until now. That is normal when the service grows. Whoever runs this one can read your configuration."
      }
    >
      <p className="text-muted">Its key</p>
      <p className="mb-4 font-mono text-[13px] break-all">{change?.offered}</p>
      <div className="flex flex-col-reverse gap-2 md:flex-row md:justify-end">
        <Button onClick={() => onAnswer(false)}>Don’t launch</Button>
        <Button look="danger" onClick={() => onAnswer(true)}>
          Trust this machine
        </Button>
      </div>
    </Dialog>
  );
}
