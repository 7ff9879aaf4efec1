import { nextMoment, round } from "../owner.ts";
import { accepted } from "../visitor.ts";
import { expectThat, loginOf, registered, type Stage, signedIn, visitorOf } from "./stage.ts";

const revocationSeconds = 5;

/** A cookie that was planted before the sign-in must not be the one after it. */
export async function fixedSession(stage: Stage): Promise<void> {
  const { account, visitor: attacker } = await registered(stage);
  const planted = [attacker.jar.get("__Host-session") ?? "", "a".repeat(40)];
  const victim = visitorOf(stage);
  let survived = 0;
  for (const value of planted) {
    victim.jar.set("__Host-session", value);
    await accepted(victim.mutate("auth.login", loginOf(account)));
    survived += victim.jar.get("__Host-session") === value ? 1 : 0;
  }
  const { status } = await attacker.query("auth.me");
  stage.figures["sessionFixation"] = { planted: planted.length, survived, afterwards: status };
  expectThat(stage, survived === 0, "a planted session survived the sign-in");
  expectThat(stage, status === 401, `the planted session still answers with ${status}`);
}

export async function stolenRow(stage: Stage): Promise<void> {
  const { account } = await registered(stage);
  const row = await stage.db.session.findFirstOrThrow({ where: { userId: account.userId } });
  const statuses = [];
  for (const stolen of [row.id, row.secretHash]) {
    const thief = visitorOf(stage);
    thief.jar.set("__Host-session", stolen);
    statuses.push((await thief.query("auth.me")).status);
  }
  stage.figures["stolenRow"] = { statuses };
  expectThat(
    stage,
    statuses.every((status) => status === 401),
    `a stolen row answers with ${statuses.join(" ")}`,
  );
}

/** From the end of a session to the end of a live stream that it had opened. */
export async function revokedStream(stage: Stage): Promise<void> {
  const seconds: number[] = [];
  for (let n = 0; n < 5; n++) {
    const { account, visitor } = await registered(stage);
    const other = await signedIn(stage, account);
    const input = encodeURIComponent(JSON.stringify({ json: {} }));
    const stream = other.request(`/api/trpc/instances.changes?input=${input}`);
    await nextMoment();
    const begun = performance.now();
    await accepted(visitor.mutate("auth.sessions.revoke", { sessionId: null }));
    const { text } = await stream;
    seconds.push(round((performance.now() - begun) / 1000));
    expectThat(stage, text.includes("auth.required"), "a revoked stream ended without saying why");
  }
  const slowest = Math.max(...seconds);
  stage.figures["revocation"] = {
    streams: seconds.length,
    slowestSeconds: slowest,
    allowedSeconds: revocationSeconds,
  };
  expectThat(stage, slowest <= revocationSeconds, `a revoked stream lived for ${slowest} s`);
}
