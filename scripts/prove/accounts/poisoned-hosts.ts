// Headers that name another host must have no say in where a mailed link, or the way back from a provider, leads.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { newAccount } from "../visitor.ts";
import { type Mail, mailsTo } from "./mailbox.ts";
import { expectThat, type Stage, visitorOf } from "./stage.ts";

const evil = "evil.example";
const poisons: Record<string, Record<string, string>> = {
  Host: { host: evil },
  "Host with a port": { host: `${evil}:443` },
  "X-Forwarded-Host": { "x-forwarded-host": evil },
  "X-Forwarded-Server": { "x-forwarded-server": evil },
  "X-Forwarded-Proto and -Port": { "x-forwarded-proto": "https", "x-forwarded-port": "8443" },
  "X-Host": { "x-host": evil },
  "X-Original-Host": { "x-original-host": evil },
  "X-Original-URL": { "x-original-url": `https://${evil}/` },
  Forwarded: { forwarded: `host=${evil};proto=https` },
  Referer: { referer: `https://${evil}/` },
  "all of them": {
    host: evil,
    "x-forwarded-host": evil,
    "x-forwarded-proto": "https",
    forwarded: `host=${evil}`,
  },
};
/** To confirm the address, to reset the password, and because there is an account already. */
const mailsEach = 3;

export async function poisonedHosts(stage: Stage): Promise<void> {
  let mailCount = 0;
  let linkCount = 0;
  for (const [name, headers] of Object.entries(poisons)) {
    const email = `${randomUUID()}@example.org`;
    const wishes: [string, object][] = [
      ["auth.register", newAccount(email)],
      ["auth.register", newAccount(email)],
      ["auth.password.requestReset", { email }],
    ];
    for (const [path, input] of wishes) {
      const { statusCode } = await post(stage, `/api/trpc/${path}`, { json: input }, headers);
      if (statusCode !== 200) throw new Error(`${path} with ${name} answers ${statusCode}`);
    }
    const mails = await mailsTo(stage, email, ({ length }) => length >= mailsEach);
    const links = mails.flatMap(linksIn);
    mailCount += mails.length;
    linkCount += links.length;
    const astray = links.filter((link) => new URL(link).origin !== stage.product.webUrl);
    expectThat(stage, astray.length === 0, `with ${name} a mail leads to ${astray[0]}`);
    expectThat(
      stage,
      mails.every(({ html, text }) => linksIn({ html, text }).length > 0 && !(html + text).includes(evil)),
      `with ${name} a mail names the other host, or has no link`,
    );
    const redirectUri = await wayBack(stage, headers);
    expectThat(
      stage,
      redirectUri === `${stage.product.webUrl}/auth/google/callback`,
      `with ${name} the provider is told to lead back to ${redirectUri}`,
    );
  }
  stage.figures["hostPoisoning"] = {
    headers: Object.keys(poisons).length,
    mails: mailCount,
    links: linkCount,
  };
}

async function wayBack(stage: Stage, headers: Record<string, string>): Promise<string | null> {
  const wish = { purpose: "sign_in", target: "/assistants" };
  const { location = "" } = (
    await post(stage, "/auth/google", new URLSearchParams(wish), { accept: "text/html", ...headers })
  ).headers;
  return URL.parse(location)?.searchParams.get("redirect_uri") ?? null;
}

/** Every address that a reader could follow or that would be loaded. */
const linksIn = ({ html, text }: Pick<Mail, "html" | "text">): string[] =>
  [html.matchAll(/(?:href|src|action)="([^"]*)"/g), text.matchAll(/(https?:\/\/\S+)/g)].flatMap((found) =>
    [...found].map(([, link = ""]) => link),
  );

/** Not by fetch, which decides itself what host it names. */
async function post(
  stage: Stage,
  path: string,
  body: URLSearchParams | object,
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  const isForm = body instanceof URLSearchParams;
  const sent = request(`${stage.product.webUrl}${path}`, {
    method: "POST",
    headers: {
      "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
      "x-forwarded-for": visitorOf(stage).address,
      ...headers,
    },
  });
  sent.end(isForm ? String(body) : JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return response;
}
