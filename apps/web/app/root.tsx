import { useHydrated } from "@openclaw-launch/ui/hydrated";
import { useNonce } from "@openclaw-launch/ui/nonce";
import { ProgressBar } from "@openclaw-launch/ui/progress-bar";
import { readTheme } from "@openclaw-launch/ui/theme";
import type { LoaderFunctionArgs } from "@remix-run/node";
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useMatches,
  useNavigation,
  useRouteError,
  useRouteLoaderData,
} from "@remix-run/react";
import type { ReactNode } from "react";
import { mailboxUrl } from "~/api.server";
import { ErrorPage } from "~/components/error-page";
import { PublicPage } from "~/components/public-page";
import styles from "./app.css?url";
import "./load-context";

/** A page whose `handle` says so is sent without any script. */
export type PageHandle = { scripts?: false };

export const links = () => [
  { rel: "stylesheet", href: styles },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
];

export const meta = () => [{ title: "OpenClaw Launch" }];

export function loader(args: LoaderFunctionArgs) {
  return { theme: readTheme(args.request.headers.get("cookie") ?? ""), mailboxUrl: mailboxUrl(args) };
}

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce();
  const hydrated = useHydrated();
  const theme = useRouteLoaderData<typeof loader>("root")?.theme ?? "system";
  const scripts = useMatches().every((match) => (match.handle as PageHandle | undefined)?.scripts !== false);
  return (
    <html
      lang="en"
      data-theme={theme === "system" ? undefined : theme}
      data-hydrated={hydrated ? "" : undefined}
      suppressHydrationWarning
    >
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        {scripts && (
          <>
            <ScrollRestoration nonce={nonce} />
            <Scripts nonce={nonce} />
          </>
        )}
      </body>
    </html>
  );
}

export default function Root() {
  const { state } = useNavigation();
  return (
    <>
      <ProgressBar active={state !== "idle"} />
      <Outlet />
    </>
  );
}

export function ErrorBoundary() {
  const error = useRouteError();
  return (
    <PublicPage>
      <div className="mx-auto max-w-2xl px-4 py-16">
        <ErrorPage error={error} missing={isRouteErrorResponse(error) && error.status === 404} />
      </div>
    </PublicPage>
  );
}
