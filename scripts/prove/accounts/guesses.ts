// Brute force from many networks at once, so that only the limit of the account itself can stop it.
import { limitCatalogue } from "@openclaw-launch/core/limits/rules";
import { newKey, type Visitor } from "../visitor.ts";
import { countOf, expectThat, registered, type Stage, signedIn, visitorOf, withTotp } from "./stage.ts";

const tried = 200;

export async function guessedPasswords(stage: Stage): Promise<void> {
  const { account } = await registered(stage);
  const answers = [];
  for (let n = 0; n < tried; n++)
    answers.push(await visitorOf(stage).mutate("auth.login", { email: account.email, authKey: newKey() }));
  const counts = countOf(answers);
  const { email, authKey } = account;
  const right = await visitorOf(stage).mutate("auth.login", { email, authKey });
  stage.figures["passwordGuesses"] = { tried, answers: counts, rightAfterwards: right.code };
  const { "auth.wrong-credentials": looked = 0, "request.too-many": refused = 0 } = counts;
  // One was the owner's own sign-in.
  const allowed = limitCatalogue["login.account"].points - 1;
  expectThat(
    stage,
    looked === allowed && refused === tried - allowed,
    `${looked} guesses at one account's password were looked at instead of ${allowed}`,
  );
  expectThat(stage, right.status === 429, "the right password is still tried after all those guesses");
}

export async function guessedCodes(stage: Stage): Promise<void> {
  const { account, unused } = await withTotp(stage);
  const visitors: Visitor[] = [];
  for (let n = 0; n < 8; n++) visitors.push(await signedIn(stage, account));
  const withCode = (n: number, code: string) =>
    visitors[n % visitors.length]?.mutate("auth.verifyTotp", { proof: { kind: "totp", code } });
  const answers = [];
  for (let n = 0; n < tried; n++) {
    const answer = await withCode(n, wrongCode(n, unused));
    if (answer) answers.push(answer);
  }
  const counts = countOf(answers);
  const right = await withCode(tried, unused);
  stage.figures["totpGuesses"] = { tried, answers: counts, rightAfterwards: right?.code };
  const { "auth.wrong-code": looked = 0, "request.too-many": refused = 0 } = counts;
  // One was the code with which the owner turned it on.
  const allowed = limitCatalogue["second-factor.account"].points - 1;
  expectThat(
    stage,
    looked === allowed && refused === tried - allowed,
    `${looked} guesses at one account's code were looked at instead of ${allowed}`,
  );
  expectThat(stage, right?.status === 429, "the right code is still tried after all those guesses");
}

/** Never by chance the one that is right. */
export const wrongCode = (n: number, right: string) =>
  String((Number(right) + 1000 + n) % 1_000_000).padStart(6, "0");
