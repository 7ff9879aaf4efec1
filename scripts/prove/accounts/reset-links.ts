// Links to a new password: used twice or twenty times at once, run out, stolen as rows, of another purpose, guessed; and mailboxes
// that are flooded with them.
import { randomBytes, randomUUID } from "node:crypto";
import { limitCatalogue } from "@openclaw-launch/core/limits/rules";
import { accepted, newAccount, type Visitor } from "../visitor.ts";
import { wrongCode } from "./guesses.ts";
import { mailedTokens, mailsTo } from "./mailbox.ts";
import { countOf, expectThat, grantCalls, registered, type Stage, visitorOf, withTotp } from "./stage.ts";

const atOnce = 20;
const guesses = 200;
/** Fewer: each is hashed before its code is looked at. */
const codeGuesses = 60;

const ask = (stage: Stage, email: string) => visitorOf(stage).mutate("auth.password.requestReset", { email });

async function mailedLinks(stage: Stage, email: string, count: number): Promise<string[]> {
  for (let n = 0; n < count; n++) await accepted(ask(stage, email));
  return mailedTokens(stage, email, "/reset-password", count);
}

const freshPassword = () => {
  const { kdf, authKey, slot } = newAccount();
  return { kdf, authKey, slot };
};

const reset = (
  visitor: Visitor,
  token: string,
  password = freshPassword(),
  proof: { kind: "totp"; code: string } | null = null,
) => visitor.mutate("auth.password.reset", { token, ...password, proof });

export async function reusedResetLink(stage: Stage): Promise<void> {
  const { account, visitor: owner } = await registered(stage);
  const { email } = account;
  await grantCalls(stage, "login.account", email, atOnce);
  const [link = "", other = ""] = await mailedLinks(stage, email, 2);

  const passwords = Array.from({ length: atOnce }, freshPassword);
  const answers = await Promise.all(passwords.map((password) => reset(visitorOf(stage), link, password)));
  const again = await reset(visitorOf(stage), link);
  const otherLink = await reset(visitorOf(stage), other);
  const session = await owner.query("auth.me");
  const keys = [account.authKey, ...passwords.map(({ authKey }) => authKey)];
  const opening = [];
  for (const authKey of keys) {
    const { status } = await visitorOf(stage).mutate("auth.login", { email, authKey });
    if (status === 200) opening.push(authKey);
  }

  const counts = countOf(answers);
  // Some may not even be looked at: only so many passwords wait to be computed.
  const { 200: successes = 0, "auth.link-expired": refusals = 0, "auth.busy": turnedAway = 0 } = counts;
  stage.figures["resetLink"] = {
    atOnce,
    answers: counts,
    again: again.code,
    otherLinkAfterwards: otherLink.code,
    sessionAfterwards: session.status,
    passwordsThatOpen: opening.length,
  };
  expectThat(
    stage,
    successes === 1 && refusals + turnedAway === atOnce - 1 && refusals > atOnce / 2,
    `of ${atOnce} uses of one reset link ${successes} were accepted and ${refusals} refused`,
  );
  expectThat(stage, again.code === "auth.link-expired", `a used reset link answers ${again.code}`);
  expectThat(stage, otherLink.code === "auth.link-expired", "an older reset link outlived a reset");
  expectThat(stage, session.status === 401, "a session outlived a reset");
  const winner = passwords[answers.findIndex(({ status }) => status === 200)];
  expectThat(
    stage,
    opening.length === 1 && opening[0] === winner?.authKey,
    `after a reset ${opening.length} of ${keys.length} passwords open the account`,
  );
}

/** Everything that looks like a link but is none that was mailed for this. The one that was must still work afterwards. */
export async function wrongResetLinks(stage: Stage): Promise<void> {
  const { account } = await registered(stage);
  const [link = "", runOut = ""] = await mailedLinks(stage, account.email, 2);
  const [verification = ""] = await mailedTokens(stage, account.email, "/verify-email", 1);
  const id = idOf(link);
  await stage.db.mailToken.update({ where: { id: idOf(runOut) }, data: { expiresAt: new Date(0) } });
  const madeUp = () => randomBytes(32).toString("base64url");
  const wrong: Record<string, string> = {
    "run out": runOut,
    "of another purpose": verification,
    "the row's id": id,
    "the row's id, and nothing for a secret": `${id}.`,
    "the secret of another link": `${id}.${runOut.split(".")[1]}`,
    "another id": `${randomUUID()}.${link.split(".")[1]}`,
    "in capitals": link.toUpperCase(),
    "with something after it": `${link}A`,
    empty: "",
  };
  const found: Record<string, string | null> = {};
  for (const [name, token] of Object.entries(wrong))
    found[name] = (await reset(visitorOf(stage), token)).code;

  // Whoever read the table knows the id, and has a network for every guess.
  const guessed = [];
  for (let n = 0; n < guesses; n++) guessed.push(await reset(visitorOf(stage), `${id}.${madeUp()}`));
  const oneNetwork = visitorOf(stage);
  const fromOne = [];
  for (let n = 0; n < guesses; n++) fromOne.push(await reset(oneNetwork, `${id}.${madeUp()}`));
  const untouched = await visitorOf(stage).mutate("auth.login", {
    email: account.email,
    authKey: account.authKey,
  });
  const right = await reset(visitorOf(stage), link);

  stage.figures["wrongResetLinks"] = {
    kinds: Object.keys(wrong).length,
    guesses: countOf(guessed),
    fromOneNetwork: countOf(fromOne),
    rightAfterwards: right.status,
  };
  for (const [name, code] of Object.entries(found))
    expectThat(stage, code === "auth.link-expired", `a reset link that is ${name} answers ${code}`);
  expectThat(
    stage,
    countOf(guessed)["auth.link-expired"] === guesses,
    "a guessed reset link was not refused",
  );
  const looked = countOf(fromOne)["auth.link-expired"];
  expectThat(
    stage,
    looked === limitCatalogue["mail-link"].points,
    `${looked} guesses of one network at reset links were looked at`,
  );
  expectThat(stage, untouched.status === 200, "guessing at a reset link changed the password");
  expectThat(stage, right.status === 200, `after all the wrong ones the right link answers ${right.code}`);
}

/** Whoever reads somebody's mail has the link, but not the second factor. */
export async function guessedCodesOfReset(stage: Stage): Promise<void> {
  const { account, visitor, unused } = await withTotp(stage);
  // Of an address that nobody confirmed, the mailbox alone would do.
  const [token = ""] = await mailedTokens(stage, account.email, "/verify-email", 1);
  await accepted(visitor.mutate("auth.email.verify", { token }));
  const [link = ""] = await mailedLinks(stage, account.email, 1);
  const without = await reset(visitorOf(stage), link);
  const answers = [];
  for (let n = 0; n < codeGuesses; n++) {
    const proof = { kind: "totp" as const, code: wrongCode(n, unused) };
    answers.push(await reset(visitorOf(stage), link, freshPassword(), proof));
  }
  const counts = countOf(answers);
  const { "auth.wrong-code": looked = 0, "request.too-many": refused = 0 } = counts;
  const { email, authKey } = account;
  const login = await visitorOf(stage).mutate("auth.login", { email, authKey });
  stage.figures["resetCodeGuesses"] = { tried: codeGuesses, answers: counts, withoutCode: without.code };
  expectThat(
    stage,
    without.code === "auth.second-factor-required",
    `a reset without the second factor answers ${without.code}`,
  );
  // One was the code with which the owner turned it on.
  const allowed = limitCatalogue["second-factor.account"].points - 1;
  expectThat(
    stage,
    looked === allowed && refused === codeGuesses - allowed,
    `${looked} guesses at the second factor of a reset were looked at instead of ${allowed}`,
  );
  expectThat(stage, login.status === 200, "guessing at the second factor of a reset changed the password");
}

export async function floodedMailbox(stage: Stage): Promise<void> {
  const { account } = await registered(stage);
  const allowed = limitCatalogue["reset.account"].points;
  const answers = [];
  for (let n = 0; n < atOnce; n++) answers.push(await ask(stage, account.email));
  const counts = countOf(answers);
  await mailedTokens(stage, account.email, "/reset-password", allowed);
  // Mails leave in order: when a later one is here, no more of these come.
  const { account: later } = await registered(stage);
  await mailsTo(stage, later.email, (mails) => mails.length > 0);
  const mails = await mailedTokens(stage, account.email, "/reset-password", allowed);
  stage.figures["resetFlood"] = { asked: atOnce, answers: counts, mails: mails.length };
  expectThat(
    stage,
    counts[200] === allowed && mails.length === allowed,
    `${atOnce} wishes for a reset sent ${mails.length} mails instead of ${allowed}`,
  );
}

const idOf = (token: string) => token.split(".")[0] ?? "";
