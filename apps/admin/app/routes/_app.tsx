import { isUnanswered } from "@openclaw-launch/sdk/errors";
import { type Command, CommandPalette } from "@openclaw-launch/ui/command-palette";
import { Menu } from "@openclaw-launch/ui/menu";
import { Notice } from "@openclaw-launch/ui/notice";
import { Shell } from "@openclaw-launch/ui/shell";
import { chooseTheme } from "@openclaw-launch/ui/theme";
import type { LoaderFunctionArgs } from "@remix-run/node";
import { Outlet, type ShouldRevalidateFunction, useLoaderData, useNavigate } from "@remix-run/react";
import {
  Bot,
  CircleUser,
  LayoutDashboard,
  LogOut,
  Monitor,
  Moon,
  OctagonX,
  Server,
  Sun,
  Users,
} from "lucide-react";
import { useCallback, useState } from "react";
import { signOut } from "~/account.client";
import { load } from "~/api.server";
import { ErrorPage } from "~/components/error-page";
import { useFreshness } from "~/components/freshness";
import { textOfError } from "~/errors";

export const loader = (args: LoaderFunctionArgs) => load(args, (api) => api.auth.me({}));

/** Who is signed in does not change while the page is open. */
export const shouldRevalidate: ShouldRevalidateFunction = () => false;

const product = "Launch admin";
const destinations = [
  { label: "Overview", to: "/", icon: <LayoutDashboard size={18} aria-hidden /> },
  { label: "Instances", to: "/instances", icon: <Bot size={18} aria-hidden /> },
  { label: "People", to: "/people", icon: <Users size={18} aria-hidden /> },
  { label: "Hosts", to: "/hosts", icon: <Server size={18} aria-hidden /> },
  { label: "Kill switch", to: "/kill-switch", icon: <OctagonX size={18} aria-hidden /> },
];
const appearances = [
  { id: "light", label: "Light appearance", icon: <Sun size={16} aria-hidden /> },
  { id: "dark", label: "Dark appearance", icon: <Moon size={16} aria-hidden /> },
  { id: "system", label: "Appearance of the device", icon: <Monitor size={16} aria-hidden /> },
] as const;

export default function App() {
  const { email } = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const fresh = useFreshness();
  const [searching, setSearching] = useState(false);
  const [problem, setProblem] = useState<{ title: string; text: string } | null>(null);
  const search = useCallback(() => setSearching(true), []);

  async function leave() {
    setProblem(null);
    try {
      await signOut();
      window.location.assign("/sign-in");
    } catch (error) {
      const title = isUnanswered(error) ? "You may still be signed in" : "You are still signed in";
      setProblem({ title, text: textOfError(error) });
    }
  }

  const own = [
    ...appearances.map(({ id, label, icon }) => ({ id, label, icon, run: () => chooseTheme(id) })),
    { id: "sign-out", label: "Sign out", icon: <LogOut size={16} aria-hidden />, run: () => void leave() },
  ];
  const commands: Command[] = [
    ...destinations.map(({ label, to, icon }) => ({
      id: to,
      label: `Go to ${label}`,
      icon,
      run: () => navigate(to),
    })),
    ...own,
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
      items={own.map(({ label, icon, run }) => ({ label, icon, onSelect: run }))}
    />
  );

  return (
    <Shell
      product={product}
      dense
      destinations={destinations}
      onSearch={search}
      account={account}
      banner={
        <>
          {!fresh && <NotLive />}
          {problem && <StillSignedIn {...problem} />}
        </>
      }
    >
      <CommandPalette open={searching} onOpenChange={setSearching} commands={commands} />
      <Outlet />
    </Shell>
  );
}

function NotLive() {
  return (
    <div className="px-4 pt-4 md:px-6">
      <Notice tone="warn" title="Not live">
        The server or its database does not answer. This is what was last known; it goes on by itself.
      </Notice>
    </div>
  );
}

function StillSignedIn({ title, text }: { title: string; text: string }) {
  return (
    <div className="px-4 pt-4 md:px-6">
      <Notice tone="bad" title={title}>
        {text}
      </Notice>
    </div>
  );
}

export function ErrorBoundary() {
  return (
    <Shell product={product} dense destinations={destinations} onSearch={() => undefined} account={null}>
      <ErrorPage />
    </Shell>
  );
}
