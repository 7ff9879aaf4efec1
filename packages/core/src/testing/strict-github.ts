import { createHash } from "node:crypto";
import { formOf, type Listening, listen } from "./listen.ts";

export type GitHubAccount = {
  id: number;
  name: string | null;
  /** Shown in the profile: its owner typed it. */
  email?: string;
  emails: readonly { email: string; primary: boolean; verified: boolean }[];
};

export type StrictGitHub = Listening & {
  /** Which paths were asked for, in order. */
  asked: string[];
  /** Scopes that people grant; all that was asked for when null. */
  granted: string | null;
  /** Answers of the API by path, instead of the true ones. */
  broken: Map<string, { status: number; body: string } | "silent">;
  /** The answer of an account whose owner agreed. */
  agree(url: string, login: string): URL;
};

/** GitHub as it is where `emulate` isn't: verifier and tokens are checked, `iss` is sent, errors of the token endpoint are a 200. */
export async function startStrictGitHub(
  client: { id: string; secret: string; redirectUri: string },
  accounts: Readonly<Record<string, GitHubAccount>>,
): Promise<StrictGitHub> {
  const codes = new Map<string, { departure: URLSearchParams; login: string }>();
  const tokens = new Map<string, string>();
  const asked: string[] = [];
  const state: Pick<StrictGitHub, "granted" | "broken"> = { granted: null, broken: new Map() };
  let made = 0;

  const listening = await listen((url) => async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", url);
    asked.push(pathname);
    const answer = (body: object, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const broken = state.broken.get(pathname);
    if (broken === "silent") return undefined;
    if (broken) return response.writeHead(broken.status).end(broken.body);
    if (pathname === "/login/oauth/access_token") {
      const form = await formOf(request);
      if (form.get("client_id") !== client.id || form.get("client_secret") !== client.secret)
        return answer({ error: "incorrect_client_credentials", error_description: "…" });
      const redeemed = codes.get(form.get("code") ?? "");
      codes.delete(form.get("code") ?? "");
      const challenge = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest("base64url");
      if (!redeemed || challenge !== redeemed.departure.get("code_challenge"))
        return answer({ error: "bad_verification_code", error_description: "…" });
      if (form.get("redirect_uri") !== client.redirectUri)
        return answer({ error: "redirect_uri_mismatch", error_description: "…" });
      const token = `gho_${++made}`;
      tokens.set(token, redeemed.login);
      // GitHub answers with commas, whatever separated the scopes that were asked for.
      const scope = (state.granted ?? redeemed.departure.get("scope") ?? "").replaceAll(" ", ",");
      return answer({ access_token: token, token_type: "bearer", scope });
    }
    const account = accounts[tokens.get(request.headers.authorization?.replace("Bearer ", "") ?? "") ?? ""];
    if (!account || !request.headers["user-agent"]) return answer({ message: "Bad credentials" }, 401);
    if (pathname === "/user") return answer({ ...account, emails: undefined, login: "renamed" });
    if (pathname === "/user/emails") return answer(account.emails);
    return answer({ message: "Not Found" }, 404);
  });

  return Object.assign(state, listening, {
    asked,
    agree: (url: string, login: string) => {
      const departure = new URL(url).searchParams;
      const code = `code-${++made}`;
      codes.set(code, { departure, login });
      const callback = new URL(departure.get("redirect_uri") ?? "");
      callback.search = String(
        new URLSearchParams({
          code,
          state: departure.get("state") ?? "",
          iss: `${listening.url}/login/oauth`,
        }),
      );
      return callback;
    },
  });
}
