import { Button } from "@openclaw-launch/ui/button";
import { useHydrated } from "@openclaw-launch/ui/hydrated";
import { type ReactNode, useState } from "react";
import { leaveForProvider, type Provider } from "./leave-for-provider";
import { ProviderMark, providerNames } from "./provider";

/** Ways into the product beside the form with the password. */
export function OtherWays({ children }: { children: ReactNode }) {
  return (
    <div className="grid gap-3">
      <p className="flex items-center gap-3 text-muted before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">
        or
      </p>
      {children}
    </div>
  );
}

type WayProps = {
  icon: ReactNode;
  label: string;
  /** What is shown meanwhile. */
  waiting: string;
  /** Leads on; rejects with a refusal. */
  take: () => Promise<void>;
  onRefused: (refusal: unknown) => void;
};

export function Way({ icon, label, waiting, take, onRefused }: WayProps) {
  const hydrated = useHydrated();
  const [busy, setBusy] = useState(false);

  async function go() {
    setBusy(true);
    await take().catch(onRefused);
    setBusy(false);
  }

  return (
    <Button className="w-full" disabled={!hydrated} busy={busy ? waiting : null} onClick={() => void go()}>
      {icon}
      {label}
    </Button>
  );
}

type ProviderWaysProps = {
  providers: readonly Provider[];
  target: string;
  onRefused: (refusal: unknown) => void;
};

/** A button for each provider that this server knows. */
export function ProviderWays({ providers, target, onRefused }: ProviderWaysProps) {
  return providers.map((provider) => (
    <Way
      key={provider}
      icon={<ProviderMark provider={provider} />}
      label={`Continue with ${providerNames[provider]}`}
      waiting={`Going to ${providerNames[provider]}…`}
      take={() => leaveForProvider(provider, "sign_in", target)}
      onRefused={onRefused}
    />
  ));
}
