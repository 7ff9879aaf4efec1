import type { identity } from "@openclaw-launch/core/auth/schema";
import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { ConfirmDialog } from "@openclaw-launch/ui/confirm-dialog";
import { useRefresh } from "@openclaw-launch/ui/refresh";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { useToast } from "@openclaw-launch/ui/toast";
import { useState } from "react";
import { textOfError } from "~/errors";
import { launch } from "~/launch.client";
import { leaveForProvider, type Provider } from "./leave-for-provider";
import { ProviderMark, providerNames } from "./provider";
import { useStepUp } from "./step-up";

type Identity = (typeof identity)["_output"];

type IdentitiesCardProps = { providers: readonly Provider[]; identities: readonly Identity[] };

/** Accounts elsewhere that sign in here: those that are connected, and what else could be. */
export function IdentitiesCard({ providers, identities }: IdentitiesCardProps) {
  const free = providers.filter((provider) => identities.every((one) => one.provider !== provider));
  const known = [...new Set([...providers, ...identities.map(({ provider }) => provider)])];
  const names = known.map((provider) => providerNames[provider]).join(" or ");
  return (
    <Card title={`Sign in with ${names}`} hint="Instead of your password. It doesn’t open your vault.">
      <ul aria-label="Connected accounts" className="grid divide-y divide-line border-t border-line">
        {identities.map((one) => (
          <Connected key={one.id} identity={one} />
        ))}
        {free.map((provider) => (
          <Free key={provider} provider={provider} />
        ))}
      </ul>
    </Card>
  );
}

const row = "flex items-center gap-3 py-3 last:pb-0";

function Connected({ identity: { id, provider, email, createdAt, usedAt } }: { identity: Identity }) {
  const prove = useStepUp();
  const toast = useToast();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const name = providerNames[provider];

  async function disconnect() {
    setAsking(false);
    setBusy(true);
    try {
      const gone = await prove(`disconnect ${name}`, () =>
        launch.api.auth.identities.unlink.mutate({ identityId: id }),
      );
      if (gone) toast({ tone: "ok", text: `${name} no longer signs you in.` });
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setBusy(false);
      void refresh();
    }
  }

  return (
    <li className={row}>
      <ProviderMark provider={provider} />
      <div className="min-w-0 grow">
        <p className="font-medium [overflow-wrap:anywhere]">{email ?? name}</p>
        <p className="text-muted">
          Connected <RelativeTime date={createdAt} />
          {usedAt && (
            <>
              {" "}
              · last used <RelativeTime date={usedAt} />
            </>
          )}
        </p>
      </div>
      <Button
        size="small"
        aria-label={`Disconnect ${name}`}
        busy={busy ? "Disconnecting…" : null}
        onClick={() => setAsking(true)}
      >
        Disconnect
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Disconnect ${name}?`}
        description={`${email ?? name} no longer signs you in. Nothing changes at ${name}.`}
        action="Disconnect"
        onConfirm={() => void disconnect()}
      />
    </li>
  );
}

function Free({ provider }: { provider: Provider }) {
  const prove = useStepUp();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const name = providerNames[provider];

  async function connect() {
    setBusy(true);
    try {
      await prove(`connect ${name}`, async () => {
        await leaveForProvider(provider, "link", "/settings/security");
        return {};
      });
    } catch (error) {
      toast({ tone: "bad", text: textOfError(error) });
    } finally {
      setBusy(false);
    }
  }

  return (
    <li className={row}>
      <ProviderMark provider={provider} />
      <div className="min-w-0 grow">
        <p className="font-medium">{name}</p>
        <p className="text-muted">Not connected</p>
      </div>
      <Button
        size="small"
        aria-label={`Connect ${name}`}
        busy={busy ? `Going to ${name}…` : null}
        onClick={() => void connect()}
      >
        Connect
      </Button>
    </li>
  );
}
