import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type OpenRouter, type OpenRouterOptions, startOpenRouter } from "./server.ts";

const managementKey = "management-key-0123456789abcdef0123456789";

async function start(options: Partial<OpenRouterOptions> = {}): Promise<OpenRouter> {
  const openRouter = await startOpenRouter({ managementKey, chunkGapMilliseconds: 1, ...options });
  onTestFinished(() => openRouter.close());
  return openRouter;
}

type Sent = { method?: string; key?: string | null; body?: object };

async function send({ baseUrl }: OpenRouter, path: string, { method, key = managementKey, body }: Sent = {}) {
  const response = await fetch(`${baseUrl}${path}`, {
    method: method ?? (body ? "POST" : "GET"),
    headers: key === null ? {} : { Authorization: `Bearer ${key}` },
    body: body ? JSON.stringify(body) : null,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const created = z.object({ key: z.string(), data: z.object({ hash: z.string() }) });
const view = z.object({
  data: z.looseObject({
    usage: z.number(),
    usage_daily: z.number(),
    usage_weekly: z.number(),
    usage_monthly: z.number(),
    limit_remaining: z.number().nullable(),
  }),
});

async function createKey(openRouter: OpenRouter, body: object = {}) {
  const { key, data } = created.parse(
    JSON.parse((await send(openRouter, "/keys", { body: { name: "one", ...body } })).text),
  );
  return { secret: key, hash: data.hash };
}

const readKey = async (openRouter: OpenRouter, hash: string) =>
  view.parse(JSON.parse((await send(openRouter, `/keys/${hash}`)).text)).data;

/** With room for one short answer only, so that small budgets can pay for it. */
const chat = (text: string, more: object = {}) => ({
  model: "openai/gpt-5-mini",
  max_tokens: 100,
  messages: [{ role: "user", content: text }],
  ...more,
});
const ask = (openRouter: OpenRouter, key: string | null, text = "say exactly: yes", more: object = {}) =>
  send(openRouter, "/chat/completions", { key, body: chat(text, more) });

/** A prompt of about 1,000,000 tokens: a quarter of a dollar. */
const quarter = `say exactly: paid\n${" ".repeat(4_000_000)}`;

const refusal = (code: number, message: unknown) => ({ error: { code, message } });

test("a plain completion holds the answer, and usage with its cost", async () => {
  const openRouter = await start();
  const { secret } = await createKey(openRouter);
  const { status, text } = await ask(openRouter, secret);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    object: "chat.completion",
    model: "openai/gpt-5-mini",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "yes" } }],
    usage: { prompt_tokens: 13, completion_tokens: 1, total_tokens: 14, cost: 0.00000525 },
  });
});

test("a streamed completion comes in chunks: comment, text, reason, usage, end", async () => {
  const openRouter = await start();
  const { secret } = await createKey(openRouter);
  const { headers, text } = await ask(openRouter, secret, "say exactly: one two three four five  six seven", {
    stream: true,
  });
  expect(headers.get("Content-Type")).toBe("text/event-stream");
  const events = text.split("\n\n").filter(Boolean);
  expect(events[0]).toBe(": OPENROUTER PROCESSING");
  expect(events.at(-1)).toBe("data: [DONE]");
  const chunks = events.slice(1, -1).map((event) => JSON.parse(event.slice("data: ".length)));
  const contents = chunks.flatMap(({ choices }) =>
    choices.map((choice: { delta: { content: string } }) => choice.delta.content),
  );
  expect(contents.length).toBeGreaterThan(3);
  expect(contents.join("")).toBe("one two three four five  six seven");
  expect(chunks.at(-2)).toMatchObject({ choices: [{ finish_reason: "stop" }] });
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 9 } });
});

test("an answer ends where max_tokens says", async () => {
  const openRouter = await start();
  const { secret } = await createKey(openRouter);
  const { text } = await ask(openRouter, secret, "say exactly: 123456789", { max_tokens: 2 });
  expect(JSON.parse(text)).toMatchObject({
    choices: [{ finish_reason: "length", message: { content: "12345678" } }],
  });
});

test("usage is counted per key in UTC days, weeks from Monday, months, and altogether", async () => {
  let moment = new Date("2026-03-01T23:59:00Z"); // a Sunday
  const openRouter = await start({ now: () => moment });
  const { secret, hash } = await createKey(openRouter);
  await ask(openRouter, secret);
  const { usage } = await readKey(openRouter, hash);
  expect(usage).toBeGreaterThan(0);
  moment = new Date("2026-03-02T00:01:00Z");
  expect(await readKey(openRouter, hash)).toMatchObject({
    usage,
    usage_daily: 0,
    usage_weekly: 0,
    usage_monthly: usage,
  });
  await ask(openRouter, secret);
  expect(await readKey(openRouter, hash)).toMatchObject({
    usage: usage * 2,
    usage_daily: usage,
    usage_weekly: usage,
    usage_monthly: usage * 2,
  });
  moment = new Date("2026-04-01T00:00:00Z");
  expect(await readKey(openRouter, hash)).toMatchObject({ usage: usage * 2, usage_monthly: 0 });
});

test("S1: a key whose monthly limit is used up is refused until the next month, or until the limit is raised", async () => {
  let moment = new Date("2026-03-10T12:00:00Z");
  const openRouter = await start({ now: () => moment });
  const { secret, hash } = await createKey(openRouter, { limit: 0.26, limit_reset: "monthly" });
  expect((await ask(openRouter, secret, quarter)).status).toBe(200);

  const unaffordable = await ask(openRouter, secret, quarter);
  expect(unaffordable.status).toBe(402);
  expect(unaffordable.text).toMatch(
    /requested up to 100 tokens, but can only afford 0.*with a higher monthly limit/,
  );

  await send(openRouter, `/keys/${hash}`, { method: "PATCH", body: { limit: 0.2 } });
  expect((await readKey(openRouter, hash)).limit_remaining).toBe(0);
  const message = "Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys";
  expect(await ask(openRouter, secret)).toMatchObject({
    status: 403,
    text: JSON.stringify(refusal(403, message)),
  });

  await send(openRouter, `/keys/${hash}`, { method: "PATCH", body: { limit: 1 } });
  expect((await ask(openRouter, secret)).status).toBe(200);
  await send(openRouter, `/keys/${hash}`, { method: "PATCH", body: { limit: 0.2 } });
  moment = new Date("2026-04-01T00:00:00Z");
  expect((await ask(openRouter, secret)).status).toBe(200);
});

test("an account without credits refuses every key", async () => {
  const openRouter = await start({ credits: 0.25 });
  const { secret } = await createKey(openRouter);
  expect((await ask(openRouter, secret, quarter)).status).toBe(402);
  openRouter.setCredits(0);
  const { text } = await ask(openRouter, secret);
  expect(JSON.parse(text)).toEqual(
    refusal(402, "Insufficient credits. Add more using https://openrouter.ai/credits"),
  );
  openRouter.setCredits(1);
  expect((await ask(openRouter, secret)).status).toBe(200);
  const credits = JSON.parse((await send(openRouter, "/credits")).text);
  expect(credits).toEqual({ data: { total_credits: 1, total_usage: 0.00000525 } });
});

test("keys are refused when missing, unknown, disabled, expired, deleted or of the wrong kind", async () => {
  let moment = new Date("2026-03-10T12:00:00Z");
  const openRouter = await start({ now: () => moment });
  const { secret, hash } = await createKey(openRouter, { expires_at: "2026-03-11T00:00:00Z" });
  const statusOf = async (key: string | null) => (await ask(openRouter, key)).status;
  expect(await statusOf(null)).toBe(401);
  expect(await statusOf("sk-or-v1-unknown")).toBe(401);
  expect(await statusOf(managementKey)).toBe(403);
  expect(await statusOf(secret)).toBe(200);
  expect((await send(openRouter, "/keys", { key: secret, body: { name: "two" } })).status).toBe(403);
  expect((await send(openRouter, "/keys", { key: secret })).status).toBe(401);

  await send(openRouter, `/keys/${hash}`, { method: "PATCH", body: { disabled: true } });
  expect(await statusOf(secret)).toBe(401);
  await send(openRouter, `/keys/${hash}`, { method: "PATCH", body: { disabled: false } });
  moment = new Date("2026-03-11T00:00:00Z");
  expect(await statusOf(secret)).toBe(401);
  moment = new Date("2026-03-10T13:00:00Z");
  await send(openRouter, `/keys/${hash}`, { method: "DELETE" });
  expect(await statusOf(secret)).toBe(401);
});

test("an unknown model is refused and costs nothing", async () => {
  const openRouter = await start();
  const { secret, hash } = await createKey(openRouter);
  const { text } = await ask(openRouter, secret, "hello", { model: "acme/none" });
  expect(JSON.parse(text)).toEqual(refusal(400, "acme/none is not a valid model ID"));
  expect((await readKey(openRouter, hash)).usage).toBe(0);
});

test("keys are listed newest first, a hundred at a time, disabled ones only on demand", async () => {
  const openRouter = await start();
  for (let made = 0; made < 101; made++) await createKey(openRouter, { name: `key-${made}` });
  const names = async (query: string): Promise<string[]> =>
    JSON.parse((await send(openRouter, `/keys${query}`)).text).data.map(({ name }: { name: string }) => name);
  const firstPage = await names("");
  expect([firstPage.length, firstPage[0]]).toEqual([100, "key-100"]);
  expect(await names("?offset=100")).toEqual(["key-0"]);

  const { hash } = await createKey(openRouter, { name: "last" });
  await send(openRouter, `/keys/${hash}`, { method: "PATCH", body: { disabled: true } });
  expect((await names(""))[0]).toBe("key-100");
  expect((await names("?include_disabled=true"))[0]).toBe("last");
  expect(await names("?workspace_id=7b0a1c52-6f0e-4a0b-9d53-0f6d2b1c9e11")).toEqual([]);
});

test("keys and usage survive a restart, in a file without secrets that only its owner can read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "openrouter-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const stateFile = join(folder, "deep", "state.json");
  const first = await startOpenRouter({ managementKey, stateFile });
  const { secret, hash } = await createKey(first, { limit: 1, limit_reset: "monthly" });
  await ask(first, secret);
  const before = await readKey(first, hash);
  await first.close();

  const second = await start({ stateFile });
  expect(await readKey(second, hash)).toEqual(before);
  expect((await ask(second, secret)).status).toBe(200);
  const content = await readFile(stateFile, "utf8");
  expect(content).toContain(hash);
  expect(content).not.toContain(secret);
  expect(content).not.toContain(managementKey);
  expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
});

test("failures can be asked for over HTTP, for one key or so many times, with the management key alone", async () => {
  const openRouter = await start();
  const control = { ...openRouter, baseUrl: openRouter.baseUrl.replace("/api/v1", "/sim") };
  const [one, other] = [await createKey(openRouter), await createKey(openRouter)];
  const failure = { kind: "429", path: "/chat", keyHash: one.hash, times: 1, seconds: 9 };
  expect((await send(control, "/failures", { key: one.secret, body: failure })).status).toBe(404);
  expect((await send(control, "/failures", { key: null, body: failure })).status).toBe(401);
  expect((await ask(openRouter, one.secret)).status).toBe(200);

  expect((await send(control, "/failures", { body: failure })).status).toBe(204);
  expect((await ask(openRouter, other.secret)).status).toBe(200);
  const refused = await ask(openRouter, one.secret);
  expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "9"]);
  expect((await ask(openRouter, one.secret)).status).toBe(200);

  await send(control, "/failures", { body: { kind: "402" } });
  expect((await ask(openRouter, other.secret)).status).toBe(402);
  await send(control, "/failures", { method: "DELETE" });
  expect((await ask(openRouter, other.secret)).status).toBe(200);
});

test("a hanging request does nothing, not even after its caller has gone", async () => {
  const openRouter = await start();
  openRouter.fail({ kind: "hang", times: 1 });
  const waiting = fetch(`${openRouter.baseUrl}/keys`, {
    method: "POST",
    headers: { Authorization: `Bearer ${managementKey}` },
    body: JSON.stringify({ name: "never" }),
    signal: AbortSignal.timeout(100),
  });
  await expect(waiting).rejects.toThrow("timeout");
  expect(JSON.parse((await send(openRouter, "/keys")).text)).toEqual({ data: [] });
});
