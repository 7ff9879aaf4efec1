import { launch } from "~/launch.client";
import type { Provider } from "./leave-for-provider";

/** By which an owner shows again that it is them. */
export type Means = "password" | "passkey" | "app" | Provider;

/** What the account that is signed in has of them, the most familiar first. */
export async function meansOfAccount(): Promise<Means[]> {
  const { auth } = launch.api;
  const [{ hasPassword, totpSince }, passkeys, identities, providers] = await Promise.all([
    auth.protection.query({}),
    auth.passkeys.list.query({}),
    auth.identities.list.query({}),
    auth.providers.list.query({}),
  ]);
  const linked = providers.items.filter((provider) =>
    identities.items.some((identity) => identity.provider === provider),
  );
  const own = [
    ...(hasPassword ? (["password"] as const) : []),
    ...(passkeys.items.length > 0 ? (["passkey"] as const) : []),
    ...(totpSince ? (["app"] as const) : []),
  ];
  // The server takes a provider's word only where there is nothing else.
  return own.length > 0 ? own : linked;
}
