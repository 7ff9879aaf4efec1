import type { InstancePlan } from "@openclaw-launch/core/instances/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Choice } from "@openclaw-launch/ui/choice";
import { Dialog } from "@openclaw-launch/ui/dialog";
import { Notice } from "@openclaw-launch/ui/notice";
import { useRevalidator } from "@remix-run/react";
import { Pencil } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "~/api.client";
import { textOfError } from "~/errors";

type Planned = { id: string; slug: string; plan: InstancePlan };

const plans: Record<InstancePlan, { title: string; hint: string }> = {
  lite: { title: "Lite", hint: "The size that this service gives an assistant." },
  pro: { title: "Pro", hint: "Twice the memory, processor time and processes." },
};
const options = Object.entries(plans).map(([value, texts]) => ({ value, ...texts }));
const isPlan = (value: string): value is InstancePlan => Object.hasOwn(plans, value);

/** The plan of an instance, and the way to another one. */
export function PlanCell({ instance, changeable }: { instance: Planned; changeable: boolean }) {
  const [open, setOpen] = useState(false);
  const { title } = plans[instance.plan];
  if (!changeable) return title;
  return (
    <>
      <Button
        look="quiet"
        size="small"
        className="-mx-2.5"
        aria-label={`Plan of ${instance.slug}: ${title}. Change it`}
        onClick={() => setOpen(true)}
      >
        <span className="text-text">{title}</span>
        <Pencil size={14} aria-hidden />
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={`Plan of ${instance.slug}`}
        description="Its limits change at once, without a restart."
      >
        <PlanForm instance={instance} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function PlanForm({ instance: { id, plan }, onDone }: { instance: Planned; onDone: () => void }) {
  const { revalidate } = useRevalidator();
  const [chosen, choose] = useState(plan);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.instances.changePlan.mutate({ instanceId: id, plan: chosen });
      revalidate();
      onDone();
    } catch (refusal) {
      setError(textOfError(refusal));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      {error && (
        <Notice tone="bad" title="The plan is as it was">
          {error}
        </Notice>
      )}
      <Choice
        label="Plan"
        value={chosen}
        onChange={(value) => isPlan(value) && choose(value)}
        options={options}
      />
      <div className="flex flex-col-reverse gap-2 md:flex-row md:justify-end">
        <Button onClick={onDone}>Cancel</Button>
        <Button
          type="submit"
          look="primary"
          disabled={chosen === plan && !busy}
          busy={busy ? "Changing…" : null}
        >
          Change the plan
        </Button>
      </div>
    </form>
  );
}
