import { useRefresh } from "@openclaw-launch/ui/refresh";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useState } from "react";
import { IdentitiesCard } from "~/account/identities-card";
import { PasskeysCard } from "~/account/passkeys-card";
import { NoPasswordCard, PasswordCard } from "~/account/password-card";
import { RecoveryCodes } from "~/account/recovery-codes";
import { RecoveryCodesCard } from "~/account/recovery-codes-card";
import { TwoStep } from "~/account/two-step";
import { load } from "~/api.server";

export const meta = () => [{ title: "Security · Settings · OpenClaw Launch" }];

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const [{ email }, protection, passkeys, providers, identities] = await Promise.all([
      api.auth.me({}),
      api.auth.protection({}),
      api.auth.passkeys.list({}),
      api.auth.providers.list({}),
      api.auth.identities.list({}),
    ]);
    return {
      email,
      protection,
      passkeys: passkeys.items,
      providers: providers.items,
      identities: identities.items,
    };
  });

export default function Security() {
  const { email, protection, passkeys, providers, identities } = useLoaderData<typeof loader>();
  const { hasPassword, totpSince, recoveryCodesLeft } = protection;
  const refresh = useRefresh();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const hasPasskey = passkeys.length > 0;
  const hasSecondFactor = hasPasskey || totpSince !== null;

  function concludeCodes() {
    setCodes(null);
    void refresh();
  }

  if (codes) return <RecoveryCodes email={email} codes={codes} onKept={concludeCodes} />;
  return (
    <>
      {hasPassword ? <PasswordCard email={email} /> : <NoPasswordCard email={email} />}
      <PasskeysCard passkeys={passkeys} passwordAlone={hasPassword && !hasSecondFactor} onCodes={setCodes} />
      <TwoStep since={totpSince} hasPasskey={hasPasskey} onCodes={setCodes} />
      {hasSecondFactor && <RecoveryCodesCard left={recoveryCodesLeft} onCodes={setCodes} />}
      {providers.length + identities.length > 0 && (
        <IdentitiesCard providers={providers} identities={identities} />
      )}
    </>
  );
}
