import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type Resend, startResend } from "@openclaw-launch/sim/resend/server";
import { createEmulator } from "emulate";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { FakeMailer } from "../testing/fake-mailer.ts";
import { freePort } from "../testing/free-port.ts";
import { mailerContract } from "./mailer-contract.ts";
import { systemRandom } from "./random.ts";
import { createResend } from "./resend.ts";

const RESEND_API_KEY = "re_0123456789abcdefghijklmnopqrstuvwxyz";
const MAIL_FROM = "OpenClaw Launch <no-reply@example.org>";
const configOf = (RESEND_BASE_URL: string) => ({ RESEND_API_KEY, RESEND_BASE_URL, MAIL_FROM });

const content = z.object({ subject: z.string(), html: z.string(), text: z.string() });
const list = z.object({ data: z.array(z.looseObject({ id: z.string(), to: z.array(z.string()) })) });

mailerContract("in memory", async () => {
  const mailer = new FakeMailer();
  return {
    mailer,
    arrivedAt: async (address) =>
      mailer.sent.filter(({ to }) => to === address).map((mail) => content.parse(mail)),
    close: async () => undefined,
  };
});

mailerContract("the stand-in", async () => {
  const standIn = await startResend({ apiKey: RESEND_API_KEY });
  return {
    mailer: createResend(configOf(standIn.baseUrl)),
    arrivedAt: async (address) => standIn.emails(address).map((mail) => content.parse(mail)),
    close: standIn.close,
  };
});

mailerContract("emulate's Resend", async () => {
  const emulator = await createEmulator({ service: "resend", port: await freePort() });
  const read = async (path: string) =>
    (
      await fetch(`${emulator.url}${path}`, { headers: { Authorization: `Bearer ${RESEND_API_KEY}` } })
    ).json();
  return {
    mailer: createResend(configOf(emulator.url)),
    arrivedAt: async (address) => {
      const mails = list.parse(await read("/emails")).data.filter(({ to }) => to.includes(address));
      return Promise.all(mails.map(async ({ id }) => content.parse(await read(`/emails/${id}`))));
    },
    close: emulator.close,
  };
});

const newMail = () => ({
  to: `${systemRandom.uuid()}@example.org`,
  subject: "Private subject",
  html: "<p>Private words</p>",
  text: "Private words",
  idempotencyKey: `mail/${systemRandom.uuid()}`,
});

describe("when Resend is in trouble", () => {
  const started: Resend[] = [];
  afterEach(() => Promise.all(started.splice(0).map((standIn) => standIn.close())));

  async function start() {
    const standIn = await startResend({ apiKey: RESEND_API_KEY });
    started.push(standIn);
    return { standIn, mailer: createResend(configOf(standIn.baseUrl)) };
  }

  test.each(["409", "429", "500", "hang"] as const)("%s: the mail may be sent later", async (kind) => {
    const { standIn, mailer } = await start();
    const impatient = createResend(configOf(standIn.baseUrl), { timeoutMs: 300 });
    const mail = newMail();
    standIn.fail({ kind });
    await expect((kind === "hang" ? impatient : mailer).send(mail)).rejects.toMatchObject({
      name: "MailRefused",
      retry: true,
    });
    standIn.heal();
    await mailer.send(mail);
    expect(standIn.emails(mail.to)).toHaveLength(1);
  });

  test("an answer that is lost may be asked for again, and the mail goes out once", async () => {
    const { standIn, mailer } = await start();
    const mail = newMail();
    standIn.fail({ kind: "lost", times: 1 });
    await expect(mailer.send(mail)).rejects.toMatchObject({ retry: true });
    expect(standIn.emails(mail.to)).toHaveLength(1);
    await mailer.send(mail);
    expect(standIn.emails(mail.to)).toHaveLength(1);
  });

  test("an API that isn't there may come back", async () => {
    const { standIn, mailer } = await start();
    await standIn.close();
    started.pop();
    await expect(mailer.send(newMail())).rejects.toMatchObject({ retry: true });
  });

  test("an address that Resend can't read stays unreadable", async () => {
    const { mailer } = await start();
    await expect(mailer.send({ ...newMail(), to: "nobody" })).rejects.toMatchObject({ retry: false });
  });
});

describe("the API key", () => {
  async function listen(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const refusalAt = (url: string) =>
    createResend(configOf(url))
      .send(newMail())
      .catch((error: unknown) => error);

  test("a wrong one is refused for good", async () => {
    const standIn = await startResend({ apiKey: `${RESEND_API_KEY}-other` });
    onTestFinished(() => standIn.close());
    expect(await refusalAt(standIn.baseUrl)).toMatchObject({
      retry: false,
      message: "POST /emails: 403, invalid_api_key",
    });
  });

  test("no error shows it, nor the mail, even when the API repeats them", async () => {
    const url = await listen((request, response) => {
      response.writeHead(422, { "Content-Type": "application/json" });
      const message = `bad ${request.headers.authorization} Private words`;
      response.end(JSON.stringify({ statusCode: 422, name: message, message }));
    });
    const error = await refusalAt(url);
    expect(error).toMatchObject({ retry: false, message: "POST /emails: 422, unknown error" });
    expect(JSON.stringify([String(error), (error as Error).stack, (error as Error).cause])).not.toMatch(
      /re_|Private/,
    );
  });

  test("neither it nor the mail goes to another address that the API points to", async () => {
    let asked = 0;
    const other = await listen((_, response) => {
      asked += 1;
      response.end("{}");
    });
    const first = await listen((_, response) => response.writeHead(307, { Location: other }).end());
    expect(await refusalAt(first)).toMatchObject({ retry: true });
    expect(asked).toBe(0);
  });

  test.each([
    ["<html>", 200],
    ["{}", 200],
    ['{"id": ""}', 200],
    ["[]", 404],
  ])("an answer that names no mail, %s, sends none", async (body, status) => {
    const url = await listen((_, response) => response.writeHead(status).end(body));
    expect(await refusalAt(url)).toMatchObject({ name: "MailRefused" });
  });
});
