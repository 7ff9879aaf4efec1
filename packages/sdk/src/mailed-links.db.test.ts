// What a person does with the links in their mails, against the real API and the real mails.
import { FakeMailer } from "@openclaw-launch/core/testing/fake-mailer";
import { mailedToken, mailsTo } from "@openclaw-launch/core/testing/mailed-link";
import { createTestSystem } from "@openclaw-launch/core/testing/test-system";
import { describe, expect, test } from "vitest";
import { createLaunch } from "./client.ts";
import { rethrow } from "./errors.ts";
import { shownCode } from "./testing/authenticator.ts";
import { startServer } from "./testing/start-server.ts";

const sys = { ...(await createTestSystem()), mailer: new FakeMailer() };
const url = await startServer(sys);

const password = "correct horse battery staple";
const newPassword = "seven green kettles sing";
const configuration = {
  version: 1 as const,
  name: "Ada",
  model: "openai/gpt-5-mini",
  personality: "",
  channels: {},
};
const refusal = (code: string) => expect.objectContaining({ code });

let account = 0;
async function signedUp() {
  const email = `ada${++account}@example.org`;
  const launch = createLaunch({ url });
  await launch.signUp({ email, password });
  await launch.api.auth.email.verify.mutate({ token: await mailedToken(sys, email, "/verify-email") });
  return { email, launch };
}

async function requested(email: string): Promise<string> {
  await createLaunch({ url }).api.auth.password.requestReset.mutate({ email });
  return mailedToken(sys, email, "/reset-password");
}

describe("A2: a forgotten password", () => {
  test("is replaced by who holds the mailed link; a new vault begins, and what the old one held stays out of reach", async () => {
    const { email, launch } = await signedUp();
    const { id } = await launch.vault.configs.save(configuration);
    const token = await requested(email);
    const sent: string[] = [];
    const visitor = createLaunch({
      url,
      fetch: (input, init) => {
        sent.push(String(input), String(init?.body ?? ""));
        return fetch(input, init);
      },
    });
    await visitor.resetPassword({ token, password: newPassword });
    expect(visitor.unlocked).toBe(false);
    const addresses = sent.filter((_, index) => index % 2 === 0).join("\n");
    expect(decodeURIComponent(addresses)).not.toContain(token);
    expect(sent.join("\n")).not.toContain(newPassword);

    await expect(launch.api.auth.me.query({}).catch(rethrow)).rejects.toEqual(refusal("auth.required"));
    await expect(visitor.signIn({ email, password })).rejects.toEqual(refusal("auth.wrong-credentials"));
    await visitor.signIn({ email, password: newPassword });
    expect(await visitor.vault.configs.list()).toEqual([]);
    await expect(visitor.vault.configs.get(id)).rejects.toEqual(refusal("vault.config-missing"));
    expect(await visitor.api.vault.leftBehind.query({})).toMatchObject([{ id }]);
    const saved = await visitor.vault.configs.save(configuration);
    await visitor.unlock({ password: newPassword });
    expect(await visitor.vault.configs.list()).toMatchObject([{ id: saved.id }]);

    await expect(visitor.resetPassword({ token, password })).rejects.toEqual(refusal("auth.link-expired"));
  });

  test("A6: takes the second factor too, and the link stays until it is right", async () => {
    const { email, launch } = await signedUp();
    const { secret } = await launch.api.auth.totp.begin.mutate({});
    const code = () => shownCode(secret, sys.clock.now().getTime());
    await launch.api.auth.totp.confirm.mutate({ code: code() });
    sys.clock.advance(60_000);
    const token = await requested(email);
    const visitor = createLaunch({ url });
    const reset = { token, password: newPassword };
    await expect(visitor.resetPassword(reset)).rejects.toMatchObject({
      code: "auth.second-factor-required",
      details: { factors: "totp,recovery-code" },
    });
    await expect(visitor.resetPassword({ ...reset, factor: { code: "000000" } })).rejects.toEqual(
      refusal("auth.wrong-code"),
    );
    await visitor.resetPassword({ ...reset, factor: { code: code() } });
    await expect(visitor.signIn({ email, password: newPassword })).rejects.toEqual(
      refusal("auth.second-factor-required"),
    );
  });
});

test("A2: a new address takes over once its mailbox confirms, and the password opens the same vault there", async () => {
  const { email, launch } = await signedUp();
  const { id } = await launch.vault.configs.save(configuration);
  const next = `new-${email}`;
  await launch.api.auth.email.requestChange.mutate({ email: next });
  expect((await mailsTo(sys, email)).map(({ subject }) => subject)).toContain(
    "Your e-mail address is about to change",
  );
  const token = await mailedToken(sys, next, "/change-email");
  await launch.api.auth.email.confirmChange.mutate({ token });
  expect((await launch.api.auth.me.query({})).email).toBe(next);
  const again = createLaunch({ url });
  await expect(again.signIn({ email, password })).rejects.toEqual(refusal("auth.wrong-credentials"));
  await again.signIn({ email: next, password });
  expect(await again.vault.configs.list()).toMatchObject([{ id }]);
});
