import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { formOf, type Listening, listen } from "./listen.ts";

type Claims = Record<string, unknown>;

/** What may be changed of an honest answer. */
export type Script = {
  claims?: Claims;
  /** Of the token, instead of RS256 under a published key. */
  signature?: "none" | "foreign-key" | "hs256" | "tampered";
  metadata?: Record<string, unknown>;
  discovery?: "broken" | "down";
  token?: { status: number; body: string; location?: string } | "hang";
  /** Codes work more than once, and whoever has one may redeem it. */
  careless?: boolean;
};

export type ScriptedGoogle = Listening & {
  script: Script;
  /** Which paths were asked for, in order. */
  asked: string[];
  /** The answer of somebody who agreed. */
  agree(url: string): URL;
};

const own = generateKeyPairSync("rsa", { modulusLength: 2048 });
const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** An OpenID provider whose answers can be wrong in every way that matters. */
export async function startScriptedGoogle({ secret }: { secret: string }): Promise<ScriptedGoogle> {
  const departures = new Map<string, URLSearchParams>();
  const asked: string[] = [];
  const state: { script: Script } = { script: {} };

  const listening = await listen((issuer) => async (request, response) => {
    const path = new URL(request.url ?? "/", issuer).pathname;
    asked.push(path);
    const answer = (body: object) =>
      response.setHeader("content-type", "application/json").end(JSON.stringify(body));
    const { script } = state;
    if (path === "/.well-known/openid-configuration") {
      if (script.discovery === "down") return response.writeHead(503).end("down");
      if (script.discovery === "broken") return response.end("<html>");
      return answer({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
        ...script.metadata,
      });
    }
    if (path === "/keys")
      return answer({
        keys: [{ ...own.publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" }],
      });

    const form = await formOf(request);
    if (script.token === "hang") return undefined;
    if (script.token) {
      const { status, body, location } = script.token;
      return response
        .writeHead(status, { "content-type": "application/json", ...(location && { location }) })
        .end(body);
    }
    const departure = departures.get(form.get("code") ?? "");
    if (!script.careless) departures.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!departure || (challenge !== departure.get("code_challenge") && !script.careless))
      return response.writeHead(400, { "content-type": "application/json" }).end('{"error":"invalid_grant"}');
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: departure.get("client_id"),
      sub: "1",
      email: "ada@gmail.com",
      email_verified: true,
      nonce: departure.get("nonce"),
      iat: now,
      exp: now + 60,
      ...script.claims,
    };
    return answer({ access_token: "a", token_type: "Bearer", id_token: tokenOf(claims, script.signature) });
  });

  function tokenOf(claims: Claims, signature: Script["signature"]): string {
    const write = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const written = (alg: string) => `${write({ alg, kid: "1" })}.${write(claims)}`;
    if (signature === "none") return `${written("none")}.`;
    if (signature === "hs256")
      return `${written("HS256")}.${createHash("sha256").update(secret).digest("base64url")}`;
    const signed = (key: KeyObject) =>
      sign("sha256", Buffer.from(written("RS256")), key).toString("base64url");
    if (signature === "foreign-key") return `${written("RS256")}.${signed(foreign.privateKey)}`;
    if (signature === "tampered")
      return `${write({ alg: "RS256", kid: "1" })}.${write({ ...claims, sub: "2" })}.${signed(own.privateKey)}`;
    return `${written("RS256")}.${signed(own.privateKey)}`;
  }

  return Object.assign(state, listening, {
    asked,
    agree: (url: string) => {
      const departure = new URL(url).searchParams;
      const code = `code-${departures.size}-${departure.get("state")}`;
      departures.set(code, departure);
      const callback = new URL(departure.get("redirect_uri") ?? "");
      callback.search = String(new URLSearchParams({ code, state: departure.get("state") ?? "" }));
      return callback;
    },
  });
}
