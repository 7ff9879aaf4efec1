import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
// @ts-expect-error The package comes without types; below are those of what is used.
import OidcProvider from "oidc-provider";
import { formOf, type Listening, listen } from "./listen.ts";

type Context = { oidc: { session: { accountId: string }; client: { clientId: string } } };
type Grant = { addOIDCScope(scope: string): void; save(): Promise<string> };
type Provider = {
  callback(): RequestListener;
  Grant: new (of: { accountId: string; clientId: string }) => Grant;
  interactionFinished(
    request: IncomingMessage,
    response: ServerResponse,
    result: { login: { accountId: string } },
  ): Promise<void>;
};

export type OpenIdPerson = { email: string; email_verified: boolean; name: string; hd?: string };
export type OpenIdClient = { id: string; secret: string; redirectUri: string };

/** A certified OpenID provider that puts the person's facts into its tokens, as Google does. A button for each person signs them in. */
export async function startOpenIdPeer(
  { id, secret, redirectUri }: OpenIdClient,
  people: readonly OpenIdPerson[],
): Promise<Listening> {
  return listen((issuer) => {
    const provider: Provider = new OidcProvider(issuer, {
      clients: [
        {
          client_id: id,
          client_secret: secret,
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: "client_secret_post",
        },
      ],
      claims: { openid: ["sub"], email: ["email", "email_verified", "hd"], profile: ["name"] },
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      jwks: {
        keys: [generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" })],
      },
      cookies: { keys: ["only for tests"] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_: Context, { uid }: { uid: string }) => `/interaction/${uid}` },
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 600 },
      findAccount: (_: Context, accountId: string) => ({
        accountId,
        claims: () => claimsOf(people, accountId),
      }),
      loadExistingGrant: async ({ oidc: { session, client } }: Context) => {
        const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
        grant.addOIDCScope("openid email profile");
        await grant.save();
        return grant;
      },
    });
    const answer = provider.callback();
    return (request, response) =>
      request.url?.startsWith("/interaction/")
        ? void interact(provider, people, request, response)
        : answer(request, response);
  });
}

async function interact(
  provider: Provider,
  people: readonly OpenIdPerson[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === "POST") {
    const accountId = accountOf((await formOf(request)).get("email") ?? "");
    return provider.interactionFinished(request, response, { login: { accountId } });
  }
  const buttons = people.map(
    ({ email, name }) =>
      `<form method="post" action="${request.url}"><input type="hidden" name="email" value="${email}"><button>${name}</button></form>`,
  );
  response.setHeader("content-type", "text/html").end(`<title>Sign in</title>${buttons.join("")}`);
}

/** Numbers, as Google's subjects are. */
const accountOf = (email: string) => String(BigInt(`0x${Buffer.from(email).toString("hex")}`) % 10n ** 21n);

function claimsOf(people: readonly OpenIdPerson[], sub: string): object {
  return { sub, ...people.find(({ email }) => accountOf(email) === sub) };
}
