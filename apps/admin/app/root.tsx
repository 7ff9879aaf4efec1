import { useHydrated } from "@openclaw-launch/ui/hydrated";
import { useNonce } from "@openclaw-launch/ui/nonce";
import { ProgressBar } from "@openclaw-launch/ui/progress-bar";
import { readTheme } from "@openclaw-launch/ui/theme";
import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import {
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useNavigation,
  useRouteLoaderData,
} from "@remix-run/react";
import type { ReactNode } from "react";
import { ErrorPage } from "~/components/error-page";
import styles from "./app.css?url";
import "./load-context";

export const links = () => [
  { rel: "stylesheet", href: styles },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
];

export const meta: MetaFunction = ({ error }) => [{ title: error ? "▲ Can’t be shown · Admin" : "Admin" }];

export function loader({ request }: LoaderFunctionArgs) {
  return { theme: readTheme(request.headers.get("cookie") ?? "") };
}

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce();
  const hydrated = useHydrated();
  const theme = useRouteLoaderData<typeof loader>("root")?.theme ?? "system";
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
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
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
  return (
    <main className="mx-auto max-w-2xl px-4 py-16">
      <ErrorPage />
    </main>
  );
}
