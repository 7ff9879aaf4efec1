import { type Command, CommandPalette } from "@openclaw-launch/ui/command-palette";
import { Menu } from "@openclaw-launch/ui/menu";
import { Shell } from "@openclaw-launch/ui/shell";
import { ToastProvider } from "@openclaw-launch/ui/toast";
import type { LoaderFunctionArgs } from "@remix-run/node";
import {
  isRouteErrorResponse,
  Outlet,
  type ShouldRevalidateFunction,
  useLoaderData,
  useNavigate,
  useRouteError,
} from "@remix-run/react";
import {
  Activity,
  Bot,
  CircleUser,
  KeySquare,
  LockKeyhole,
  LogOut,
  MonitorSmartphone,
  Plus,
  Settings,
  ShieldCheck,
  Vault,
} from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { useProblemInAddress } from "~/account/problem-in-address";
import { useSignOut } from "~/account/sign-out";
import { StepUpProvider } from "~/account/step-up";
import { UnconfirmedBanner } from "~/account/unconfirmed-banner";
import { load } from "~/api.server";
import { ErrorPage } from "~/components/error-page";
import { launch } from "~/launch.client";
import { assistantCommands } from "~/live/assistant-commands";
import { useCommands } from "~/live/commands";
import { LiveInstancesProvider, useInstances } from "~/live/instances";
import { useVault, VaultProvider } from "~/vault/unlock";

export const loader = (args: LoaderFunctionArgs) =>
  load(args, async (api) => {
    const [{ email }, { emailVerifiedAt }, { standIn }] = await Promise.all([
      api.auth.me({}),
      api.auth.protection({}),
      api.instances.models({}),
    ]);
    return { email, confirmed: emailVerifiedAt !== null, standIn };
  });

/** Going to another page changes none of it. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ currentUrl, nextUrl }) =>
  currentUrl.href === nextUrl.href;

const destinations = [
  { label: "Assistants", to: "/assistants", icon: <Bot size={18} aria-hidden /> },
  { label: "Vault", to: "/vault", icon: <Vault size={18} aria-hidden /> },
  { label: "Activity", to: "/activity", icon: <Activity size={18} aria-hidden /> },
  { label: "Settings", to: "/settings", icon: <Settings size={18} aria-hidden /> },
];
/** Parts of the settings that the command palette leads to. */
const settings = [
  { label: "Security settings", to: "/settings/security", icon: <ShieldCheck size={18} aria-hidden /> },
  { label: "Sessions", to: "/settings/sessions", icon: <MonitorSmartphone size={18} aria-hidden /> },
  { label: "API tokens", to: "/settings/tokens", icon: <KeySquare size={18} aria-hidden /> },
];

export default function App() {
  const { email, confirmed, standIn } = useLoaderData<typeof loader>();
  return (
    <ToastProvider>
      <LiveInstancesProvider>
        <StepUpProvider email={email}>
          <VaultProvider email={email}>
            <Frame email={email} confirmed={confirmed} standIn={standIn}>
              <Outlet />
            </Frame>
          </VaultProvider>
        </StepUpProvider>
      </LiveInstancesProvider>
    </ToastProvider>
  );
}

type FrameProps = { email: string; confirmed: boolean; standIn: boolean; children: ReactNode };

function Frame({ email, confirmed, standIn, children }: FrameProps) {
  const navigate = useNavigate();
  const { unlocked } = useVault();
  const instances = useInstances([], { whole: true });
  const { command } = useCommands();
  const { signOut } = useSignOut();
  const [searching, setSearching] = useState(false);
  useProblemInAddress();
  const search = useCallback(() => setSearching(true), []);

  const commands: Command[] = [
    ...[...destinations, ...settings].map(({ label, to, icon }) => ({
      id: to,
      label: `Go to ${label}`,
      icon,
      run: () => navigate(to),
    })),
    {
      id: "new",
      label: "New assistant",
      icon: <Plus size={18} aria-hidden />,
      run: () => navigate("/assistants/new"),
    },
    ...instances.flatMap((instance) => assistantCommands(instance, { go: navigate, command })),
    { id: "sign-out", label: "Sign out", icon: <LogOut size={18} aria-hidden />, run: () => void signOut() },
  ];

  const account = (
    <Menu
      label="Account"
      trigger={
        <button
          type="button"
          aria-label={`Account of ${email}`}
          className="flex h-10 w-full min-w-0 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-line/40 hover:text-text"
        >
          <CircleUser size={18} aria-hidden className="shrink-0" />
          <span className="hidden truncate md:block">{email}</span>
        </button>
      }
      items={[
        ...(unlocked
          ? [
              {
                label: "Lock vault",
                icon: <LockKeyhole size={16} aria-hidden />,
                onSelect: () => launch.vault.lock(),
              },
            ]
          : []),
        {
          label: "Settings",
          icon: <Settings size={16} aria-hidden />,
          onSelect: () => navigate("/settings"),
        },
        { label: "Sign out", icon: <LogOut size={16} aria-hidden />, onSelect: () => void signOut() },
      ]}
    />
  );

  return (
    <Shell
      product="OpenClaw Launch"
      destinations={destinations}
      onSearch={search}
      account={account}
      banner={
        <>
          {standIn && <PracticeBanner />}
          {!confirmed && <UnconfirmedBanner />}
        </>
      }
    >
      <CommandPalette open={searching} onOpenChange={setSearching} commands={commands} />
      {children}
    </Shell>
  );
}

function PracticeBanner() {
  return (
    <section
      aria-label="Practice mode"
      className="border-b border-line bg-sunken px-4 py-2 text-center text-[0.9em] text-muted"
    >
      <strong className="font-medium text-text">Practice mode:</strong> answers come from a stand-in
      <span className="max-md:hidden"> on this machine until its operator adds an OpenRouter key</span>.
    </section>
  );
}

export function ErrorBoundary() {
  const error = useRouteError();
  return (
    <Shell product="OpenClaw Launch" destinations={destinations} onSearch={() => undefined} account={null}>
      <ErrorPage error={error} missing={isRouteErrorResponse(error) && error.status === 404} />
    </Shell>
  );
}
