import type { WebConfig } from "../config.ts";
import type { IdentityProviders } from "../ports.ts";
import { createGitHub } from "./github.ts";
import { createGoogle } from "./google.ts";

export type IdentityProviderConfig = Pick<
  WebConfig,
  | "GOOGLE_CLIENT_ID"
  | "GOOGLE_CLIENT_SECRET"
  | "GOOGLE_ISSUER"
  | "GITHUB_CLIENT_ID"
  | "GITHUB_CLIENT_SECRET"
  | "GITHUB_URL"
  | "GITHUB_API_URL"
>;

/** Those that the environment has credentials for. */
export function identityProvidersOf(config: IdentityProviderConfig): IdentityProviders {
  const { GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = config;
  return {
    ...(GOOGLE_CLIENT_ID &&
      GOOGLE_CLIENT_SECRET && {
        google: createGoogle({ ...config, GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET }),
      }),
    ...(GITHUB_CLIENT_ID &&
      GITHUB_CLIENT_SECRET && {
        github: createGitHub({ ...config, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET }),
      }),
  };
}
