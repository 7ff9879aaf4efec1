import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { Notice } from "@openclaw-launch/ui/notice";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { StateBadge } from "@openclaw-launch/ui/state-badge";
import { useToast } from "@openclaw-launch/ui/toast";
import { useRevalidator } from "@remix-run/react";
import { useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { Enrolment, type Offer } from "./enrolment";
import { RecoveryCodes } from "./recovery-codes";
import { useStepUp } from "./step-up";

type Protection = { totpSince: Date | null; recoveryCodesLeft: number };

/** Fewer than this are worth a warning. */
const comfortablyLeft = 4;

/** Two-step sign-in as its owner sees it: off, being set up, its codes just shown, or on. */
export function TwoStep({ email, protection }: { email: string; protection: Protection }) {
  const { totpSince, recoveryCodesLeft } = protection;
  const prove = useStepUp();
  const toast = useToast();
  const { revalidate } = useRevalidator();
  const [offer, setOffer] = useState<Offer | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [busy, setBusy] = useState<"begin" | "codes" | "off" | null>(null);

  async function attempt(what: "begin" | "codes" | "off", act: () => Promise<void>) {
    setBusy(what);
    try {
      await act();
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
      revalidate();
    } finally {
      setBusy(null);
    }
  }

  const begin = () =>
    attempt("begin", async () => {
      setOffer(await prove("set up two-step sign-in", () => launch.api.auth.totp.begin.mutate({})));
    });

  const renewCodes = () =>
    attempt("codes", async () => {
      const made = await prove("make new recovery codes", () =>
        launch.api.auth.recoveryCodes.regenerate.mutate({}),
      );
      if (made) setCodes(made.codes);
    });

  const turnOff = () =>
    attempt("off", async () => {
      if (!(await prove("turn two-step sign-in off", () => launch.api.auth.totp.disable.mutate({})))) return;
      toast({ tone: "ok", text: "Two-step sign-in is off. Your password alone signs you in." });
      revalidate();
    });

  async function confirm(code: string) {
    const made = await prove("turn two-step sign-in on", () => launch.api.auth.totp.confirm.mutate({ code }));
    if (!made) return;
    setOffer(null);
    setCodes(made.codes);
    revalidate();
  }

  function conclude() {
    setCodes(null);
    revalidate();
  }

  if (codes) return <RecoveryCodes email={email} codes={codes} onKept={conclude} />;
  if (offer) return <Enrolment offer={offer} confirm={confirm} onCancel={() => setOffer(null)} />;
  if (totpSince === null) return <Off busy={busy === "begin"} onBegin={() => void begin()} />;
  return (
    <On
      since={totpSince}
      codesLeft={recoveryCodesLeft}
      busy={busy}
      onRenewCodes={() => void renewCodes()}
      onTurnOff={() => void turnOff()}
    />
  );
}

function Off({ busy, onBegin }: { busy: boolean; onBegin: () => void }) {
  return (
    <Card title="Two-step sign-in" actions={<StateBadge tone="neutral" label="Off" />}>
      <p className="max-w-prose">
        With it, a stolen password alone is of no use to anybody: signing in also takes six digits that an app
        on your phone shows. They change every 30 seconds and need no reception.
      </p>
      <Button look="primary" className="mt-4" busy={busy ? "Making a key…" : null} onClick={onBegin}>
        Set it up
      </Button>
    </Card>
  );
}

type OnProps = {
  since: Date;
  codesLeft: number;
  busy: "begin" | "codes" | "off" | null;
  onRenewCodes: () => void;
  onTurnOff: () => void;
};

function On({ since, codesLeft, busy, onRenewCodes, onTurnOff }: OnProps) {
  const [asking, setAsking] = useState<"codes" | "off" | null>(null);

  function confirmed(act: () => void) {
    setAsking(null);
    act();
  }

  return (
    <Card
      title="Two-step sign-in"
      hint={
        <>
          Since <RelativeTime date={since} />. Signing in takes your password and a code of your app.
        </>
      }
      actions={<StateBadge tone="ok" label="On" />}
    >
      <div className="grid gap-4 border-t border-line pt-4">
        {codesLeft < comfortablyLeft && (
          <Notice
            tone="warn"
            title={codesLeft === 0 ? "No recovery code is left" : "Few recovery codes are left"}
          >
            Without one, a lost phone locks you out. Make new ones.
          </Notice>
        )}
        <div className="flex flex-wrap items-center justify-between gap-3">
          <div>
            <p className="font-medium">Recovery codes</p>
            <p className="text-muted tabular-nums">{codesLeft} of 10 left, for when your phone is lost.</p>
          </div>
          <Button busy={busy === "codes" ? "Making new ones…" : null} onClick={() => setAsking("codes")}>
            New recovery codes
          </Button>
        </div>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <div>
            <p className="font-medium">Another phone?</p>
            <p className="text-muted">Turn it off, then set it up there.</p>
          </div>
          <Button
            look="danger"
            busy={busy === "off" ? "Turning it off…" : null}
            onClick={() => setAsking("off")}
          >
            Turn off
          </Button>
        </div>
      </div>
      <ConfirmDialog
        open={asking === "codes"}
        onOpenChange={(open) => !open && setAsking(null)}
        title="Make new recovery codes?"
        description="Those that you kept stop working. The ten new ones are shown once."
        action="Make new ones"
        onConfirm={() => confirmed(onRenewCodes)}
      />
      <ConfirmDialog
        open={asking === "off"}
        onOpenChange={(open) => !open && setAsking(null)}
        title="Turn two-step sign-in off?"
        description="Your password alone will sign you in again. The key in your app and your recovery codes stop working."
        action="Turn off"
        onConfirm={() => confirmed(onTurnOff)}
      />
    </Card>
  );
}
