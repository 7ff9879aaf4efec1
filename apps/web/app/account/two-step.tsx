import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { useRefresh } from "@openclaw-launch/ui/refresh";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { useToast } from "@openclaw-launch/ui/toast";
import { useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { Enrolment, type Offer } from "./enrolment";
import { useStepUp } from "./step-up";

type TwoStepProps = {
  since: Date | null;
  /** Whether passkeys go on asking for more than the password when the app is off. */
  hasPasskey: boolean;
  onCodes: (codes: readonly string[]) => void;
};

/** The second step with an authenticator app as its owner sees it: off, being set up, or on. */
export function TwoStep({ since, hasPasskey, onCodes }: TwoStepProps) {
  const prove = useStepUp();
  const toast = useToast();
  const refresh = useRefresh();
  const [offer, setOffer] = useState<Offer | null>(null);
  const [busy, setBusy] = useState(false);

  async function attempt(act: () => Promise<void>) {
    setBusy(true);
    try {
      await act();
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
      void refresh();
    } finally {
      setBusy(false);
    }
  }

  const begin = () =>
    attempt(async () => {
      setOffer(await prove("set up two-step sign-in", () => launch.api.auth.totp.begin.mutate({})));
    });

  const turnOff = () =>
    attempt(async () => {
      if (!(await prove("turn two-step sign-in off", () => launch.api.auth.totp.disable.mutate({})))) return;
      toast({ tone: "ok", text: `Codes of your app are no longer asked. ${whatRemains(hasPasskey)}` });
      void refresh();
    });

  async function confirm(code: string) {
    const made = await prove("turn two-step sign-in on", () => launch.api.auth.totp.confirm.mutate({ code }));
    if (!made) return;
    setOffer(null);
    onCodes(made.codes);
  }

  if (offer) return <Enrolment offer={offer} confirm={confirm} onCancel={() => setOffer(null)} />;
  if (since === null) return <Off busy={busy} onBegin={() => void begin()} />;
  return <On since={since} hasPasskey={hasPasskey} busy={busy} onTurnOff={() => void turnOff()} />;
}

const whatRemains = (hasPasskey: boolean) =>
  hasPasskey
    ? "After your password, you are asked for a passkey."
    : "Your password alone signs you in, and your recovery codes stop working.";

function Off({ busy, onBegin }: { busy: boolean; onBegin: () => void }) {
  return (
    <Card title="Two-step sign-in with an app" actions={<StateBadge tone="neutral" label="Off" />}>
      <p className="max-w-prose text-pretty">
        With it, a stolen password alone is of no use to anybody: signing in also takes six digits that an app
        on your phone shows. They change every 30 seconds and need no reception.
      </p>
      <Button className="mt-4" busy={busy ? "Making a key…" : null} onClick={onBegin}>
        Set it up
      </Button>
    </Card>
  );
}

type OnProps = { since: Date; hasPasskey: boolean; busy: boolean; onTurnOff: () => void };

function On({ since, hasPasskey, busy, onTurnOff }: OnProps) {
  const [asking, setAsking] = useState(false);
  return (
    <Card
      title="Two-step sign-in with an app"
      hint={
        <>
          Turned on <RelativeTime date={since} />. Your password signs you in together with a code of your
          app.
        </>
      }
      actions={<StateBadge tone="ok" label="On" />}
    >
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
        <div>
          <p className="font-medium">Another phone?</p>
          <p className="text-muted">Turn it off, then set it up there.</p>
        </div>
        <Button look="danger" busy={busy ? "Turning it off…" : null} onClick={() => setAsking(true)}>
          Turn off
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Turn two-step sign-in with an app off?"
        description={`The key in your app stops working. ${whatRemains(hasPasskey)}`}
        action="Turn off"
        onConfirm={() => {
          setAsking(false);
          onTurnOff();
        }}
      />
    </Card>
  );
}
