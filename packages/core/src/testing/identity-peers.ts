import type { IdentityProviderConfig } from "../adapters/identity-providers.ts";
import { startEmulator } from "./emulated-peer.ts";
import { type OpenIdPerson, startOpenIdPeer } from "./openid-peer.ts";

/** Whose buttons the stand-in for Google shows. The first two hold mailboxes that it runs itself. */
export const googlePeople = [
  { email: "ada@gmail.com", email_verified: true, name: "Ada Lovelace" },
  { email: "grace@navy.example", email_verified: true, name: "Grace Hopper", hd: "navy.example" },
  { email: "mary@example.net", email_verified: true, name: "Mary Somerville" },
  { email: "eve@example.net", email_verified: false, name: "Eve" },
] as const satisfies readonly OpenIdPerson[];

/** The same for GitHub; their buttons go by the login. */
export const githubPeople = [
  { login: "joan", name: "Joan Clarke", email: "joan@example.org" },
  { login: "hedy", name: "Hedy Lamarr", email: "hedy@example.org" },
] as const;

export const peerClient = { id: "client-of-the-tests", secret: "secret-of-the-tests-0123456789" } as const;

export type IdentityPeers = {
  /** What the web server is told to use them. */
  environment: Readonly<Required<IdentityProviderConfig>>;
  close(): Promise<void>;
};

/** Stand-ins for Google and GitHub that a browser can sign in at. `webUrl` is the dashboard's address. */
export async function startIdentityPeers(webUrl: string): Promise<IdentityPeers> {
  const { id, secret } = peerClient;
  const google = await startOpenIdPeer(
    { id, secret, redirectUri: `${webUrl}/auth/google/callback` },
    googlePeople,
  );
  const github = await startEmulator("github", {
    github: {
      users: githubPeople,
      oauth_apps: [
        {
          client_id: id,
          client_secret: secret,
          name: "OpenClaw Launch",
          redirect_uris: [`${webUrl}/auth/github/callback`],
        },
      ],
    },
  });
  return {
    environment: {
      GOOGLE_ISSUER: google.url,
      GOOGLE_CLIENT_ID: id,
      GOOGLE_CLIENT_SECRET: secret,
      GITHUB_URL: github.url,
      GITHUB_API_URL: github.url,
      GITHUB_CLIENT_ID: id,
      GITHUB_CLIENT_SECRET: secret,
    },
    close: async () => {
      await Promise.all([google.close(), github.close()]);
    },
  };
}
