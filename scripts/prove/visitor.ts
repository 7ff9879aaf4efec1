// Somebody at a browser, as the server sees them: requests over HTTP with cookies and an address of their own.
import { randomBytes, randomUUID } from "node:crypto";

export type Answer = { status: number; code: string | null; data: unknown; headers: Headers; text: string };

export class Visitor {
  readonly jar = new Map<string, string>();
  /** As the proxy in front saw them. */
  readonly address: string;
  readonly #url: string;

  constructor(url: string, address: string) {
    this.#url = url;
    this.address = address;
  }

  /** As the `Cookie` header. */
  get cookies(): string {
    return [...this.jar].map((pair) => pair.join("=")).join("; ");
  }

  mutate(path: string, input: object, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request(`/api/trpc/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ json: input }),
    });
  }

  query(path: string, input: object = {}): Promise<Answer> {
    return this.request(`/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`);
  }

  async request(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (!headers.has("x-forwarded-for")) headers.set("x-forwarded-for", this.address);
    if (this.jar.size > 0) headers.set("cookie", this.cookies);
    const response = await fetch(`${this.#url}${path}`, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.jar.set(name, value);
    }
    const text = await response.text();
    const body = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
    return {
      status: response.status,
      code: body.error?.json?.data?.code ?? null,
      data: body.result?.data?.json,
      headers: response.headers,
      text,
    };
  }
}

/** For what only prepares: it must go well. */
export async function accepted(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  if (answer.status !== 200) throw new Error(`refused with ${answer.status} ${answer.code}`);
  return answer;
}

export const newKey = () => randomBytes(32).toString("base64url");

/** What a browser sends to open an account; the keys are random, as derived ones look. */
export const newAccount = (email = `${randomUUID()}@example.org`) => ({
  userId: randomUUID(),
  email,
  kdf: {
    algorithm: "argon2id",
    salt: randomBytes(16).toString("base64url"),
    memory: 65_536,
    iterations: 3,
    parallelism: 1,
  },
  authKey: newKey(),
  slot: { id: randomUUID(), envelope: randomBytes(200).toString("base64") },
});
export type NewAccount = ReturnType<typeof newAccount>;
