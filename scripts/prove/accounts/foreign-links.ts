import { randomUUID } from "node:crypto";
import { comeBack, leave, target, visit } from "./provider-visits.ts";
import { expectThat, registered, type Stage } from "./stage.ts";

/** Adding a way to sign in to somebody else's account, and proving to be somebody with another's. */
export async function foreignLinks(stage: Stage): Promise<void> {
  const outcomes: Record<string, string | null> = {};
  const linked = async (userId: string) => stage.db.identity.count({ where: { userId } });
  const asNewIdentity = () => {
    stage.providers.google.script = { claims: { sub: randomUUID(), email: `${randomUUID()}@gmail.com` } };
  };

  // Somebody starts to link, and sends the last step to a victim who is signed in.
  const [attacker, victim] = [await registered(stage), await registered(stage)];
  asNewIdentity();
  const sent = await visit(stage, attacker.visitor, "google", { purpose: "link" });
  outcomes["sent to a victim"] = (await comeBack(victim.visitor, sent)).problem;
  // Also when the cookie of the attempt could be planted in the victim's browser.
  victim.visitor.jar.set("__Host-provider", attacker.visitor.jar.get("__Host-provider") ?? "");
  outcomes["sent with its cookie"] = (await comeBack(victim.visitor, sent)).problem;
  // A proof that is too old.
  await stage.db.session.updateMany({
    where: { userId: victim.account.userId },
    data: { provenAt: new Date(0) },
  });
  outcomes["without a proof"] = (await leave(victim.visitor, "google", { purpose: "link" })).problem;
  const foreign = await victim.visitor.request("/auth/google", {
    method: "POST",
    headers: { accept: "application/json", origin: "https://evil.example" },
    body: new URLSearchParams({ purpose: "sign_in", target }),
  });
  outcomes["started by another site"] = (JSON.parse(foreign.text) as { problem?: string }).problem ?? null;
  const counts = {
    victim: await linked(victim.account.userId),
    attacker: await linked(attacker.account.userId),
  };

  // An identity belongs to one account, and proves only its own.
  const [first, second] = [await registered(stage), await registered(stage)];
  asNewIdentity();
  await comeBack(first.visitor, await visit(stage, first.visitor, "google", { purpose: "link" }));
  const own = await linked(first.account.userId);
  const again = await visit(stage, second.visitor, "google", { purpose: "link" });
  outcomes["of another's identity"] = (await comeBack(second.visitor, again)).problem;
  asNewIdentity();
  const asAnother = await visit(stage, first.visitor, "google", { purpose: "step_up" });
  outcomes["proof by another identity"] = (await comeBack(first.visitor, asAnother)).problem;
  stage.providers.google.script = {};

  const expected: Record<string, string> = {
    "sent to a victim": "provider.refused",
    "sent with its cookie": "auth.required",
    "without a proof": "auth.step-up-required",
    "started by another site": "request.foreign-origin",
    "of another's identity": "provider.identity-in-use",
    "proof by another identity": "provider.refused",
  };
  stage.figures["foreignLinks"] = outcomes;
  for (const [name, code] of Object.entries(expected))
    expectThat(
      stage,
      outcomes[name] === code,
      `a link ${name} ended with ${outcomes[name]} instead of ${code}`,
    );
  expectThat(stage, own === 1, "nobody can link an identity");
  expectThat(
    stage,
    counts.victim === 0 && counts.attacker === 0 && (await linked(second.account.userId)) === 0,
    "an identity got linked to somebody who didn't ask for it",
  );
}
