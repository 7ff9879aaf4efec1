import type { AdminRouter } from "@openclaw-launch/core/api/admin";
import { toLaunchError } from "@openclaw-launch/sdk/errors";
import { proofOf } from "@openclaw-launch/sdk/typed-code";
import { deriveKeys } from "@openclaw-launch/sdk/vault/derive-keys";
import { newAccount } from "@openclaw-launch/sdk/vault/new-account";
import type { inferRouterOutputs } from "@trpc/server";
import { api } from "./api.client";

export type Invitation = inferRouterOutputs<AdminRouter>["auth"]["readInvitation"];
type Credentials = { email: string; password: string };

const { auth } = api;

/** False when a second factor is owed: `verifySecondFactor` completes it. */
export async function signIn({ email, password }: Credentials): Promise<boolean> {
  const { me } = await auth.login.mutate({ email, authKey: await authKeyOf({ email, password }) });
  return me !== null;
}

/** Six digits of an authenticator app, or a recovery code. False when the sign-in was begun too long ago. */
export async function verifySecondFactor(code: string): Promise<boolean> {
  try {
    await auth.verifyTotp.mutate({ proof: proofOf(code) });
    return true;
  } catch (error) {
    if (toLaunchError(error).code === "auth.required") return false;
    throw error;
  }
}

/** Shows again that it is the operator, who may then for ten minutes do what throws auth.step-up-required without. */
export async function stepUp(credentials: Credentials): Promise<void> {
  await auth.stepUp.mutate({ authKey: await authKeyOf(credentials) });
}

export async function signOut(): Promise<void> {
  await auth.logout.mutate({});
}

export const readInvitation = (token: string): Promise<Invitation> => auth.readInvitation.mutate({ token });

/**
 * Makes the invited person an admin and signs them in; without an account yet, the password becomes that of a new one.
 * False when a second factor is owed.
 */
export async function redeemInvitation(
  token: string,
  { email, hasAccount }: Invitation,
  password: string,
): Promise<boolean> {
  const { account, authKey } = hasAccount
    ? { account: null, authKey: await authKeyOf({ email, password }) }
    : await newAccount(password);
  const { me } = await auth.redeemInvitation.mutate({ token, authKey, account });
  return me !== null;
}

/** The password itself stays in this browser. */
async function authKeyOf({ email, password }: Credentials): Promise<string> {
  const { kdf } = await auth.prelogin.query({ email });
  const { authKey } = await deriveKeys(password, kdf);
  return authKey;
}
