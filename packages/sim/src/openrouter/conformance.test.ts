// Every answer of the stand-in against OpenRouter's own description of them, where that file is at hand.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OpenRouter, startOpenRouter } from "./server.ts";

const root = resolve(import.meta.dirname, "../../../..");
const description = join(
  resolve(root, process.env.SPECS_DIR ?? "../shared/specs"),
  "openrouter.openapi.json",
);
const missing = !existsSync(description);
if (missing)
  console.warn(
    `SKIPPED: conformance with OpenRouter was not checked, because ${description} is missing. Set SPECS_DIR.`,
  );

type Operation = { responses: Record<string, { content: { "application/json": { schema: object } } }> };
type Description = { paths: Record<string, Record<string, Operation>> };

const managementKey = "management-key-0123456789abcdef0123456789";
const unknownHash = "0".repeat(64);

type Case = {
  path: "/keys" | "/keys/{hash}" | "/key" | "/credits";
  method: "get" | "post" | "patch" | "delete";
  status: number;
  as?: "management" | "apiKey" | "nobody" | "stranger";
  hash?: string;
  query?: string;
  body?: unknown;
  failure?: "429" | "500";
};

const name = "one";
const cases: Case[] = [
  { path: "/keys", method: "post", status: 201, body: { name } },
  {
    path: "/keys",
    method: "post",
    status: 201,
    body: {
      name,
      limit: 5.5,
      limit_reset: "monthly",
      include_byok_in_limit: true,
      expires_at: "2099-12-31T23:59:59Z",
    },
  },
  {
    path: "/keys",
    method: "post",
    status: 201,
    body: { name, limit: null, limit_reset: null, creator_user_id: null },
  },
  { path: "/keys", method: "post", status: 400, body: {} },
  { path: "/keys", method: "post", status: 400, body: { name: "" } },
  { path: "/keys", method: "post", status: 400, body: { name, limit: "5" } },
  { path: "/keys", method: "post", status: 400, body: { name, limit_reset: "yearly" } },
  { path: "/keys", method: "post", status: 400, body: { name, expires_at: "2099-12-31T23:59:59+02:00" } },
  { path: "/keys", method: "post", status: 400, body: { name, expires_at: "2099-12-31T23:59Z" } },
  { path: "/keys", method: "post", status: 400, body: "{" },
  { path: "/keys", method: "post", status: 401, as: "nobody", body: { name } },
  { path: "/keys", method: "post", status: 401, as: "stranger", body: { name } },
  { path: "/keys", method: "post", status: 403, as: "apiKey", body: { name } },
  { path: "/keys", method: "post", status: 429, failure: "429", body: { name } },
  { path: "/keys", method: "post", status: 500, failure: "500", body: { name } },

  { path: "/keys", method: "get", status: 200 },
  { path: "/keys", method: "get", status: 200, query: "?offset=1&include_disabled=true" },
  { path: "/keys", method: "get", status: 400, query: "?offset=-1" },
  { path: "/keys", method: "get", status: 401, as: "nobody" },
  { path: "/keys", method: "get", status: 401, as: "apiKey" },
  { path: "/keys", method: "get", status: 429, failure: "429" },
  { path: "/keys", method: "get", status: 500, failure: "500" },

  { path: "/keys/{hash}", method: "get", status: 200 },
  { path: "/keys/{hash}", method: "get", status: 401, as: "apiKey" },
  { path: "/keys/{hash}", method: "get", status: 404, hash: unknownHash },
  { path: "/keys/{hash}", method: "get", status: 429, failure: "429" },
  { path: "/keys/{hash}", method: "get", status: 500, failure: "500" },

  {
    path: "/keys/{hash}",
    method: "patch",
    status: 200,
    body: { name: "two", limit: 75, limit_reset: "daily", disabled: false, include_byok_in_limit: true },
  },
  { path: "/keys/{hash}", method: "patch", status: 400, body: { disabled: "yes" } },
  { path: "/keys/{hash}", method: "patch", status: 401, as: "apiKey", body: {} },
  { path: "/keys/{hash}", method: "patch", status: 404, hash: unknownHash, body: {} },
  { path: "/keys/{hash}", method: "patch", status: 429, failure: "429", body: {} },
  { path: "/keys/{hash}", method: "patch", status: 500, failure: "500", body: {} },

  { path: "/keys/{hash}", method: "delete", status: 401, as: "nobody" },
  { path: "/keys/{hash}", method: "delete", status: 404, hash: unknownHash },
  { path: "/keys/{hash}", method: "delete", status: 429, failure: "429" },
  { path: "/keys/{hash}", method: "delete", status: 500, failure: "500" },
  { path: "/keys/{hash}", method: "delete", status: 200 },

  { path: "/key", method: "get", status: 200, as: "apiKey" },
  { path: "/key", method: "get", status: 200, as: "management" },
  { path: "/key", method: "get", status: 401, as: "stranger" },
  { path: "/key", method: "get", status: 500, as: "apiKey", failure: "500" },

  { path: "/credits", method: "get", status: 200 },
  { path: "/credits", method: "get", status: 401, as: "nobody" },
  { path: "/credits", method: "get", status: 403, as: "apiKey" },
  { path: "/credits", method: "get", status: 500, failure: "500" },
];

describe.skipIf(missing)("the answers are what OpenRouter's description says", () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv, ["date-time", "uuid", "double"]);
  let openApi: Description;
  let openRouter: OpenRouter;
  let apiKey: string;

  beforeAll(async () => {
    openApi = JSON.parse(readFileSync(description, "utf8"));
    ajv.addSchema(openApi, "openrouter");
    openRouter = await startOpenRouter({ managementKey });
    apiKey = (await createKey()).secret;
  });
  afterAll(() => openRouter?.close());

  async function createKey() {
    const response = await fetch(`${openRouter.baseUrl}/keys`, {
      method: "POST",
      headers: { Authorization: `Bearer ${managementKey}` },
      body: JSON.stringify({ name }),
    });
    const { key, data } = (await response.json()) as { key: string; data: { hash: string } };
    return { secret: key, hash: data.hash };
  }

  async function send({ path, method, as = "management", hash, query = "", body, failure }: Case) {
    const target = path.replace("{hash}", hash ?? (await createKey()).hash);
    if (failure) openRouter.fail({ kind: failure, times: 1 });
    const keys = { management: managementKey, apiKey, stranger: "sk-or-v1-stranger" };
    return fetch(`${openRouter.baseUrl}${target}${query}`, {
      method: method.toUpperCase(),
      headers: as === "nobody" ? {} : { Authorization: `Bearer ${keys[as]}` },
      body: typeof body === "string" || body === undefined ? (body ?? null) : JSON.stringify(body),
    });
  }

  /** A pointer into the description, so that its references are followed. */
  function schemaAt({ path, method, status }: Case) {
    const steps = [
      "paths",
      path,
      method,
      "responses",
      String(status),
      "content",
      "application/json",
      "schema",
    ];
    const pointer = steps
      .map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    const validate = ajv.getSchema(`openrouter#/${pointer}`);
    if (!validate) throw new Error(`${method} ${path} has no answer ${status}`);
    return validate;
  }

  test.each(cases)("$method $path → $status $as $failure $body", async (given) => {
    const response = await send(given);
    expect(response.status).toBe(given.status);
    const body: unknown = await response.json();
    const validate = schemaAt(given);
    await validate(body);
    expect(validate.errors ?? []).toEqual([]);
    if (given.status >= 400) expect(body).toMatchObject({ error: { code: given.status } });
  });

  test("every answer that is described was checked", () => {
    const described = Object.entries(openApi.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method} ${path} ${status}`),
      ),
    );
    const checked = new Set(cases.map(({ path, method, status }) => `${method} ${path} ${status}`));
    expect(described.length).toBeGreaterThan(20);
    expect(described.filter((answer) => !checked.has(answer))).toEqual([]);
  });

  test("a changed answer would be noticed", () => {
    const validate = schemaAt({ path: "/credits", method: "get", status: 200 });
    expect(validate({ data: { total_credits: "1", total_usage: 0 } })).toBe(false);
    expect(validate({ data: { total_credits: 1 } })).toBe(false);
  });
});
