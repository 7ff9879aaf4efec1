import { Button } from "@openclaw-launch/ui/button";
import { Card } from "@openclaw-launch/ui/card";
import { Choice } from "@openclaw-launch/ui/choice";
import { RelativeTime } from "@openclaw-launch/ui/relative-time";
import { chooseTheme, type Theme } from "@openclaw-launch/ui/theme";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useRouteLoaderData } from "@remix-run/react";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { EmailCard } from "~/account/email-card";
import { useSignOut } from "~/account/sign-out";
import { load } from "~/api.server";
import type { loader as rootLoader } from "~/root";

export const meta = () => [{ title: "Profile · Settings · OpenClaw Launch" }];

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const [{ email, createdAt }, { emailVerifiedAt }] = await Promise.all([
      api.auth.me({}),
      api.auth.protection({}),
    ]);
    return { email, createdAt, emailVerifiedAt };
  });

const themes: { value: Theme; title: string; hint: string | null }[] = [
  { value: "system", title: "Like this device", hint: "Follows its light or dark setting" },
  { value: "light", title: "Light", hint: null },
  { value: "dark", title: "Dark", hint: null },
];

export default function Profile() {
  const { email, createdAt, emailVerifiedAt } = useLoaderData<typeof loader>();
  const { signOut, leaving } = useSignOut();

  return (
    <>
      <EmailCard email={email} confirmedAt={emailVerifiedAt} />
      <Card title="Account">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-muted">
            Opened <RelativeTime date={createdAt} />
          </p>
          <Button busy={leaving ? "Signing out…" : null} onClick={() => void signOut()}>
            <LogOut size={16} aria-hidden />
            Sign out
          </Button>
        </div>
      </Card>
      <Card title="Appearance">
        <ThemeChoice />
      </Card>
    </>
  );
}

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(useRouteLoaderData<typeof rootLoader>("root")?.theme ?? "system");
  function choose(value: string) {
    const chosen = themes.find((one) => one.value === value)?.value ?? "system";
    setTheme(chosen);
    chooseTheme(chosen);
  }
  return <Choice label="Theme" value={theme} onChange={choose} options={themes} />;
}
