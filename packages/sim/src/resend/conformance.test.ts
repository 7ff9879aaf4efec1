// Requests and answers of the stand-in against Resend's own description of them, where that file is at hand.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Resend, startResend } from "./server.ts";

const root = resolve(import.meta.dirname, "../../../..");
const description = join(resolve(root, process.env.SPECS_DIR ?? "../shared/specs"), "resend.openapi.yaml");
const missing = !existsSync(description);
if (missing)
  console.warn(
    `SKIPPED: conformance with Resend was not checked, because ${description} is missing. Set SPECS_DIR.`,
  );

type Schema = { properties: Record<string, unknown> };

const apiKey = "re_0123456789abcdef0123456789abcdef";
const authorization = { Authorization: `Bearer ${apiKey}` };
const least = { from: "a@example.org", to: "b@example.org", subject: "Hello", text: "Hello" };
const accepted = [
  least,
  { ...least, to: ["b@example.org", "Ada <c@example.org>"], html: "<p>Hello</p>" },
  { ...least, cc: "c@example.org", bcc: ["d@example.org"], reply_to: "e@example.org" },
  { ...least, headers: { "X-Entity": "1" }, tags: [{ name: "kind", value: "test" }] },
];
const refused = [
  { ...least, from: undefined },
  { ...least, to: undefined },
  { ...least, subject: undefined },
  { ...least, subject: 1 },
  { ...least, to: [] },
  { ...least, to: Array.from({ length: 51 }, () => "b@example.org") },
];

describe.skipIf(missing)("the stand-in is what Resend's description says", () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { binary: true } });
  let schemas: Record<string, Schema>;
  let resend: Resend;

  beforeAll(async () => {
    const openApi = parse(readFileSync(description, "utf8"));
    schemas = openApi.components.schemas;
    ajv.addSchema(openApi, "resend");
    resend = await startResend({ apiKey });
  });
  afterAll(() => resend?.close());

  const problemsOf = (name: string, value: unknown) => {
    const validate = ajv.getSchema(`resend#/components/schemas/${name}`);
    if (!validate) throw new Error(`there is no schema ${name}`);
    void validate(JSON.parse(JSON.stringify(value)));
    return validate.errors ?? [];
  };
  const send = (body: object) =>
    fetch(`${resend.baseUrl}/emails`, {
      method: "POST",
      headers: authorization,
      body: JSON.stringify(body),
    });

  test.each(accepted)("accepts, and answers as described: %j", async (body) => {
    expect(problemsOf("SendEmailRequest", body)).toEqual([]);
    const response = await send(body);
    expect(response.status).toBe(200);
    const sent = (await response.json()) as { id: string };
    expect(problemsOf("SendEmailResponse", sent)).toEqual([]);
    const answer = await fetch(`${resend.baseUrl}/emails/${sent.id}`, { headers: authorization });
    const kept = (await answer.json()) as object;
    expect(problemsOf("Email", kept)).toEqual([]);
    const unknown = Object.keys(kept).filter(
      (field) => !Object.hasOwn(schemas["Email"]?.properties ?? {}, field),
    );
    expect(unknown).toEqual([]);
  });

  test.each(refused)("refuses what isn't described: %j", async (body) => {
    expect(problemsOf("SendEmailRequest", body)).not.toEqual([]);
    expect((await send(body)).status).toBe(422);
  });

  test("a changed answer would be noticed", () => {
    expect(problemsOf("SendEmailResponse", { id: 1 })).not.toEqual([]);
    expect(problemsOf("Email", { last_event: "eaten" })).not.toEqual([]);
  });
});
