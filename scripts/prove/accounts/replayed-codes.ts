import { countOf, expectThat, grantCalls, type Stage, signedIn, withTotp } from "./stage.ts";

const atOnce = 20;

/** One code of an authenticator app, twenty times at the same moment. The limit of guesses must not be what saves the account. */
export async function replayedCodes(stage: Stage): Promise<void> {
  const { account, unused } = await withTotp(stage);
  await grantCalls(stage, "login.account", account.email, atOnce);
  await grantCalls(stage, "second-factor.account", account.userId, atOnce);
  const halves = [];
  for (let n = 0; n < atOnce; n++) halves.push(await signedIn(stage, account));
  const proof = { kind: "totp", code: unused };
  const answers = await Promise.all(halves.map((visitor) => visitor.mutate("auth.verifyTotp", { proof })));
  const counts = countOf(answers);
  stage.figures["totpReplay"] = { atOnce, answers: counts };
  const { 200: successes = 0, "auth.wrong-code": refusals = 0 } = counts;
  expectThat(
    stage,
    successes === 1 && refusals === atOnce - 1,
    `of ${atOnce} uses of one code ${successes} were accepted and ${refusals} refused`,
  );
}
