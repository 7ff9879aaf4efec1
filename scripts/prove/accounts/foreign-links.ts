// Adding a way to sign in to somebody else's account, and proving to be somebody with another's.
import { randomUUID } from "node:crypto";
import type { Visitor } from "../visitor.ts";
import { comeBack, leave, target, visit } from "./provider-visits.ts";
import { expectThat, registered, type Stage, visitorOf } from "./stage.ts";

const expected = {
  "a link sent to a victim": "provider.refused",
  "a link sent with its cookie": "auth.required",
  "a link begun without a proof": "auth.step-up-required",
  "a link ended without a proof": "auth.step-up-required",
  "a departure that another site wants": "request.foreign-origin",
  "a link to another's identity": "provider.identity-in-use",
  "a proof by another identity": "provider.refused",
  "a proof by a provider for who has a password": "auth.method-missing",
} as const;
type Outcomes = Record<keyof typeof expected, string | null>;

export async function foreignLinks(stage: Stage): Promise<void> {
  const outcomes: Outcomes = { ...(await linksOfOthers(stage)), ...(await identitiesOfOthers(stage)) };
  stage.providers.google.script = {};
  stage.figures["foreignLinks"] = outcomes;
  for (const [name, code] of Object.entries(expected)) {
    const outcome = outcomes[name as keyof Outcomes];
    expectThat(stage, outcome === code, `${name} ended with ${outcome} instead of ${code}`);
  }
}

/** Somebody starts to link, and wants a victim who is signed in to end it. */
async function linksOfOthers(stage: Stage) {
  const [attacker, victim] = [await registered(stage), await registered(stage)];
  asSomebodyNew(stage);
  const sent = await visit(stage, attacker.visitor, "google", { purpose: "link" });
  const sentAlone = (await comeBack(victim.visitor, sent)).problem;
  // Also when the cookie of the attempt could be planted in the victim's browser.
  victim.visitor.jar.set("__Host-provider", attacker.visitor.jar.get("__Host-provider") ?? "");
  const sentWithCookie = (await comeBack(victim.visitor, sent)).problem;

  const begun = await visit(stage, victim.visitor, "google", { purpose: "link" });
  await forgetProof(stage, victim.account.userId);
  const outcomes = {
    "a link sent to a victim": sentAlone,
    "a link sent with its cookie": sentWithCookie,
    "a link ended without a proof": (await comeBack(victim.visitor, begun)).problem,
    "a link begun without a proof": (await leave(victim.visitor, "google", { purpose: "link" })).problem,
    "a departure that another site wants": await departureWantedElsewhere(victim.visitor),
  };
  for (const { account } of [attacker, victim])
    expectThat(
      stage,
      (await identitiesOf(stage, account.userId)) === 0,
      "an identity got linked to somebody who didn't ask for it",
    );
  return outcomes;
}

/** An identity belongs to one account, and proves only its own. */
async function identitiesOfOthers(stage: Stage) {
  const [owner, thief] = [await registered(stage), await registered(stage)];
  asSomebodyNew(stage);
  await comeBack(owner.visitor, await visit(stage, owner.visitor, "google", { purpose: "link" }));
  expectThat(stage, (await identitiesOf(stage, owner.account.userId)) === 1, "nobody can link an identity");
  const again = await visit(stage, thief.visitor, "google", { purpose: "link" });
  const taken = (await comeBack(thief.visitor, again)).problem;
  expectThat(
    stage,
    (await identitiesOf(stage, thief.account.userId)) === 0,
    "an identity signs in to two accounts",
  );

  asSomebodyNew(stage);
  const passwordless = visitorOf(stage);
  await comeBack(passwordless, await visit(stage, passwordless, "google"));
  asSomebodyNew(stage);
  const asAnother = await visit(stage, passwordless, "google", { purpose: "step_up" });
  return {
    "a link to another's identity": taken,
    "a proof by another identity": (await comeBack(passwordless, asAnother)).problem,
    "a proof by a provider for who has a password": (
      await leave(owner.visitor, "google", { purpose: "step_up" })
    ).problem,
  };
}

/** The provider vouches for somebody that it never named before. */
function asSomebodyNew({ providers }: Stage): void {
  providers.google.script = { claims: { sub: randomUUID(), email: `${randomUUID()}@gmail.com` } };
}

const identitiesOf = ({ db }: Stage, userId: string) => db.identity.count({ where: { userId } });

async function forgetProof({ db }: Stage, userId: string): Promise<void> {
  await db.session.updateMany({ where: { userId }, data: { provenAt: new Date(0) } });
}

async function departureWantedElsewhere(visitor: Visitor): Promise<string | null> {
  const { text } = await visitor.request("/auth/google", {
    method: "POST",
    headers: { accept: "application/json", origin: "https://evil.example" },
    body: new URLSearchParams({ purpose: "sign_in", target }),
  });
  return (JSON.parse(text) as { problem?: string }).problem ?? null;
}
