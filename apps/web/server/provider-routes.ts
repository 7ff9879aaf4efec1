import { createAppContext, type WebSystem } from "@openclaw-launch/core/api/context";
import { domainErrorIn, httpStatusOf } from "@openclaw-launch/core/api/trpc-error";
import { beginProvider } from "@openclaw-launch/core/auth/begin-provider";
import { type Arrival, finishProvider } from "@openclaw-launch/core/auth/finish-provider";
import { beginProviderInput, providerName } from "@openclaw-launch/core/auth/schema";
import { DomainError } from "@openclaw-launch/core/errors";
import { incomingOf } from "@openclaw-launch/server/trpc-handler";
import express, { type Request, type RequestHandler, type Response, Router } from "express";

/**
 * Sign-in with Google and GitHub: the way there and the way back. Nobody leaves by a link, which any site could set.
 * `POST /auth/<provider>` takes a form with `purpose` and `target`; who accepts JSON gets `{ url }` or `{ problem }`, a form is sent on.
 * Whatever went wrong is told to a page of ours as `?problem=<code>`.
 */
export function providerRoutes(sys: WebSystem): Router {
  return Router()
    .post("/auth/:provider", express.urlencoded({ extended: false, limit: "4kb" }), leave(sys))
    .get("/auth/:provider/callback", comeBack(sys));
}

const leave = (sys: WebSystem) =>
  answering(async (request, response) => {
    const { actor } = await createAppContext(sys, incomingOf(request));
    const input = beginProviderInput.safeParse({ ...request.body, provider: request.params["provider"] });
    if (!input.success) throw new DomainError("input.invalid");
    const { url, cookie } = await beginProvider(sys, actor, input.data);
    response.append("set-cookie", cookie).set("cache-control", "no-store");
    if (wantsJson(request)) response.json({ url });
    else response.redirect(303, url);
  });

const comeBack = (sys: WebSystem) =>
  answering(async (request, response, next) => {
    const { data: provider } = providerName.safeParse(request.params["provider"]);
    if (!provider) return next();
    const { actor } = await createAppContext(sys, incomingOf(request));
    const arrival = await finishProvider(sys, actor, {
      provider,
      callback: new URL(request.originalUrl, sys.config.WEB_URL),
      cookies: request.get("cookie") ?? "",
    });
    response.append("set-cookie", arrival.cookies).set("cache-control", "no-store");
    response.redirect(303, pageOf(arrival, actor.kind === "user"));
  });

type Answer = (...call: Parameters<RequestHandler>) => Promise<void>;

function answering(answer: Answer): RequestHandler {
  const answerOrRefuse: Answer = async (request, response, next) => {
    try {
      await answer(request, response, next);
    } catch (error) {
      const refusal = domainErrorIn(error);
      if (refusal) refuse(request, response, refusal);
      else next(error);
    }
  };
  return (...call) => void answerOrRefuse(...call);
}

const wantsJson = (request: Request) => request.accepts(["html", "json"]) === "json";

function refuse(request: Request, response: Response, refusal: DomainError): void {
  response.set("cache-control", "no-store");
  const { retryAfterSeconds } = refusal.details;
  if (retryAfterSeconds !== undefined) response.set("retry-after", String(retryAfterSeconds));
  if (wantsJson(request)) response.status(httpStatusOf(refusal)).json({ problem: refusal.code });
  else response.redirect(303, pathWith("/sign-in", { problem: refusal.code }));
}

/** Where a person learns how it went. */
function pageOf(arrival: Arrival, isSignedIn: boolean): string {
  if ("factors" in arrival) {
    const { factors, target } = arrival;
    return factors.length > 0 ? pathWith("/sign-in", { factors: factors.join(","), to: target }) : target;
  }
  const { problem, purpose, target } = arrival;
  if (purpose === null || target === null)
    return pathWith(isSignedIn ? "/settings/security" : "/sign-in", { problem });
  if (purpose === "sign_in") return pathWith("/sign-in", { problem, to: target });
  return pathWith(target, { problem });
}

function pathWith(path: string, parameters: Record<string, string>): string {
  const url = new URL(path, "https://self.invalid");
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.pathname + url.search + url.hash;
}
