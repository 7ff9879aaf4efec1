import { createHash } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { identityProvidersOf } from "@openclaw-launch/core/adapters/identity-providers";
import { githubPeople, googlePeople, startIdentityPeers } from "@openclaw-launch/core/testing/identity-peers";
import { createTestSystem } from "@openclaw-launch/core/testing/test-system";
import { visitProvider } from "@openclaw-launch/core/testing/visit-provider";
import express from "express";
import { afterAll, describe, expect, test } from "vitest";
import { providerRoutes } from "./provider-routes.ts";

const webUrl = "http://localhost:3000";
const peers = await startIdentityPeers(webUrl);
const sys = await createTestSystem({ identityProviders: identityProvidersOf(peers.environment) });
const server = express()
  .use(providerRoutes(sys))
  .use((_request, response) => void response.status(404).end())
  .listen(0, "127.0.0.1");
await once(server, "listening");
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(async () => {
  server.close();
  await peers.close();
});

/** Keeps cookies, and follows nothing by itself. */
class Visitor {
  readonly jar = new Map<string, string>();

  async ask(path: string, init: { method?: string; form?: Record<string, string>; headers?: object } = {}) {
    const response = await fetch(`${address}${path}`, {
      method: init.method ?? "GET",
      redirect: "manual",
      body: init.form ? new URLSearchParams(init.form) : null,
      headers: {
        cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join("; "),
        accept: "text/html",
        ...init.headers,
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/Max-Age=0/.test(cookie)) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return response;
  }

  leave(provider: string, form: Record<string, string> = {}, headers: object = {}) {
    return this.ask(`/auth/${provider}`, {
      method: "POST",
      form: { purpose: "sign_in", target: "/assistants", ...form },
      headers: { origin: webUrl, ...headers },
    });
  }
}

async function signedInAs({ jar }: Visitor): Promise<string | undefined> {
  const secretHash = createHash("sha256")
    .update(jar.get("__Host-session") ?? "")
    .digest("hex");
  const session = await sys.db.session.findUnique({ where: { secretHash }, include: { user: true } });
  return session?.user.email;
}

describe("A1: through the whole web server", () => {
  test.each([
    ["google", googlePeople[0].email, googlePeople[0].email],
    ["github", githubPeople[0].login, githubPeople[0].email],
  ])("somebody signs in with %s", async (provider, who, email) => {
    const visitor = new Visitor();
    const left = await visitor.leave(provider, { target: "/assistants?new=1" });
    expect(left.status).toBe(303);
    const callback = await visitProvider(
      left.headers.get("location") ?? "",
      `${webUrl}/auth/${provider}/callback`,
      who,
    );
    const arrived = await visitor.ask(callback.pathname + callback.search);
    expect(arrived.status).toBe(303);
    expect(arrived.headers.get("location")).toBe("/assistants?new=1");
    expect(arrived.headers.get("cache-control")).toBe("no-store");
    expect(visitor.jar.has("__Host-provider")).toBe(false);
    expect(await signedInAs(visitor)).toBe(email);

    const again = await visitor.ask(callback.pathname + callback.search);
    expect(again.headers.get("location")).toBe("/settings/security?problem=provider.refused");
    const stranger = await new Visitor().ask(callback.pathname + callback.search);
    expect(stranger.headers.get("location")).toBe("/sign-in?problem=provider.refused");
    expect(stranger.headers.getSetCookie().join()).not.toContain("__Host-session");
  });

  test("who owes a second factor is led to where it is asked, and on from there", async () => {
    const [, grace] = googlePeople;
    const visitor = new Visitor();
    const enter = async () => {
      const left = await visitor.leave("google", { target: "/vault" });
      const there = left.headers.get("location") ?? "";
      const callback = await visitProvider(there, `${webUrl}/auth/google/callback`, grace.email);
      return (await visitor.ask(callback.pathname + callback.search)).headers.get("location");
    };
    expect(await enter()).toBe("/vault");
    const { id } = await sys.db.user.findUniqueOrThrow({ where: { email: grace.email } });
    const createdAt = sys.clock.now();
    await sys.db.totp.create({
      data: { userId: id, secret: Uint8Array.of(1), confirmedAt: createdAt, createdAt },
    });
    expect(await enter()).toBe("/sign-in?factors=totp&to=%2Fvault");
  });
});

describe("leaving for a provider", () => {
  test("is told a program as JSON", async () => {
    const visitor = new Visitor();
    const answer = await visitor.leave("github", {}, { accept: "application/json" });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ url: expect.stringContaining("/login/oauth/authorize?") });
    expect(visitor.jar.has("__Host-provider")).toBe(true);
  });

  test("isn't done by a link, nor for another site", async () => {
    expect((await new Visitor().ask("/auth/google")).status).toBe(404);
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://localhost:3001" },
    ]) {
      const visitor = new Visitor();
      const answer = await visitor.leave("google", {}, headers);
      expect(answer.headers.get("location")).toBe("/sign-in?problem=request.foreign-origin");
      expect(visitor.jar.size).toBe(0);
    }
    const program = await new Visitor().leave(
      "google",
      {},
      { origin: "https://evil.example", accept: "application/json" },
    );
    expect(program.status).toBe(403);
  });

  test.each([
    ["another site", "google", { target: "https://evil.example" }],
    ["another site, without saying so", "google", { target: "//evil.example" }],
    ["nowhere", "google", { target: "" }],
    ["a purpose that there isn't", "google", { purpose: "admin" }],
    ["more than is asked for", "google", { userId: "1" }],
    ["a provider that there isn't", "__proto__", {}],
  ])("V4: for %s is refused", async (_, provider, form) => {
    const answer = await new Visitor().leave(provider, form, { accept: "application/json" });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ problem: "input.invalid" });
  });

  test("to link or to step up needs somebody who is signed in", async () => {
    for (const purpose of ["link", "step_up"]) {
      const answer = await new Visitor().leave("google", { purpose }, { accept: "application/json" });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toEqual({ problem: "auth.required" });
    }
  });
});

describe("coming back", () => {
  test("with a refusal leads to the page that one left from", async () => {
    const visitor = new Visitor();
    const left = await visitor.leave("github", { target: "/vault" });
    const state = new URL(left.headers.get("location") ?? "").searchParams.get("state");
    const back = await visitor.ask(`/auth/github/callback?error=access_denied&state=${state}`);
    expect(back.headers.get("location")).toBe("/sign-in?problem=provider.denied&to=%2Fvault");
  });

  test("from a provider that there isn't is no page", async () => {
    expect((await new Visitor().ask("/auth/evil/callback?code=1")).status).toBe(404);
  });
});
