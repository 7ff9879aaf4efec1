import type { AdminRouter } from "@openclaw-launch/core/api/admin";
import { deriveKeys } from "@openclaw-launch/sdk/vault/derive-keys";
import { newAccount } from "@openclaw-launch/sdk/vault/new-account";
import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import type { inferRouterOutputs } from "@trpc/server";
import superjson from "superjson";

export type Invitation = inferRouterOutputs<AdminRouter>["auth"]["readInvitation"];
type Credentials = { email: string; password: string };

const { auth }: TRPCClient<AdminRouter> = createTRPCClient<AdminRouter>({
  links: [httpLink({ url: "/api/trpc", transformer: superjson })],
});

export async function signIn({ email, password }: Credentials): Promise<void> {
  await auth.login.mutate({ email, authKey: await authKeyOf({ email, password }) });
}

export async function signOut(): Promise<void> {
  await auth.logout.mutate({});
}

export const readInvitation = (token: string): Promise<Invitation> => auth.readInvitation.mutate({ token });

/** Makes the invited person an admin and signs them in; without an account yet, the password becomes that of a new one. */
export async function redeemInvitation(
  token: string,
  { email, hasAccount }: Invitation,
  password: string,
): Promise<void> {
  if (hasAccount) {
    await auth.redeemInvitation.mutate({
      token,
      authKey: await authKeyOf({ email, password }),
      account: null,
    });
  } else {
    const { account, authKey } = await newAccount(password);
    await auth.redeemInvitation.mutate({ token, authKey, account });
  }
}

/** The password itself stays in this browser. */
async function authKeyOf({ email, password }: Credentials): Promise<string> {
  const { kdf } = await auth.prelogin.query({ email });
  const { authKey } = await deriveKeys(password, kdf);
  return authKey;
}
