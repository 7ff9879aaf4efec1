// A scripted OpenID provider and a strict stand-in for GitHub on the loopback, for the product that is attacked.
import type { WebConfig } from "@openclaw-launch/core/config";
import { peerClient } from "@openclaw-launch/core/testing/identity-peers";
import { type ScriptedGoogle, startScriptedGoogle } from "@openclaw-launch/core/testing/scripted-google";
import {
  type GitHubAccount,
  type StrictGitHub,
  startStrictGitHub,
} from "@openclaw-launch/core/testing/strict-github";

export type Providers = {
  google: ScriptedGoogle;
  github: StrictGitHub;
  /** Who can sign in at GitHub, by login. */
  githubAccounts: Record<string, GitHubAccount>;
  /** What the web server is told to use them. */
  environment: Partial<Record<keyof WebConfig, string>>;
  /** The dashboard's address is known only once it runs. */
  servedAt(webUrl: string): void;
  close(): Promise<void>;
};

export async function startProviders(): Promise<Providers> {
  const { id, secret } = peerClient;
  const client = { id, secret, redirectUri: "" };
  const githubAccounts: Record<string, GitHubAccount> = {};
  const google = await startScriptedGoogle({ secret });
  const github = await startStrictGitHub(client, githubAccounts);
  return {
    google,
    github,
    githubAccounts,
    environment: {
      GOOGLE_ISSUER: google.url,
      GOOGLE_CLIENT_ID: id,
      GOOGLE_CLIENT_SECRET: secret,
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.url,
      GITHUB_CLIENT_ID: id,
      GITHUB_CLIENT_SECRET: secret,
    },
    servedAt: (webUrl) => {
      client.redirectUri = `${webUrl}/auth/github/callback`;
    },
    close: async () => {
      await Promise.all([google.close(), github.close()]);
    },
  };
}
