// The way to a provider and back, step by step, as a browser takes it.
import type { Visitor } from "../visitor.ts";
import type { Stage } from "./stage.ts";

export type Provider = "google" | "github";
type Purpose = "sign_in" | "link" | "step_up";
export type Arrival = { problem: string | null; location: string };

/** Where people go on who have signed in. */
export const target = "/assistants?from=proof";

/** Leaves for the provider; returns where that is. */
export async function leave(
  visitor: Visitor,
  provider: Provider,
  { purpose = "sign_in" as Purpose, to = target } = {},
): Promise<{ status: number; url: string; problem: string | null }> {
  const { status, text } = await visitor.request(`/auth/${provider}`, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({ purpose, target: to }),
  });
  const { url = "", problem = null } = JSON.parse(text) as { url?: string; problem?: string };
  return { status, url, problem };
}

/** Leaves for the provider and agrees there; returns the address that the browser is sent to. */
export async function visit(
  { providers }: Stage,
  visitor: Visitor,
  provider: Provider,
  { purpose = "sign_in" as Purpose, login = "joan" } = {},
): Promise<URL> {
  const { url } = await leave(visitor, provider, { purpose });
  return provider === "google" ? providers.google.agree(url) : providers.github.agree(url, login);
}

export async function comeBack(visitor: Visitor, callback: URL): Promise<Arrival> {
  const { headers } = await visitor.request(callback.pathname + callback.search);
  const location = headers.get("location") ?? "";
  return {
    location,
    problem: URL.parse(location, "https://self.invalid")?.searchParams.get("problem") ?? null,
  };
}

export const isOwn = ({ product }: Stage, location: string) =>
  location !== "" && URL.parse(location, product.webUrl)?.origin === product.webUrl;

export const accountAtGitHub = (id: number, email: string, verified: boolean) => ({
  id,
  name: null,
  email,
  emails: [{ email, primary: true, verified }],
});
