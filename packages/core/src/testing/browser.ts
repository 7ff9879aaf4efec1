import { appRouter } from "../api/app.ts";
import { createAdminContext, createAppContext } from "../api/context.ts";
import { createAppCaller } from "../api/trpc.ts";
import { keyDerivationFloor } from "../auth/schema.ts";
import type { TestSystem } from "./test-system.ts";

const callerOf = createAppCaller(appRouter);
export type AppCaller = ReturnType<typeof callerOf>;

export const newKey = (sys: TestSystem) => Buffer.from(sys.random.bytes(32)).toString("base64url");

/** What a browser sends to open an account. */
export const newAccount = (sys: TestSystem, email = `${sys.random.uuid()}@example.org`) => ({
  userId: sys.random.uuid(),
  email,
  kdf: {
    algorithm: "argon2id" as const,
    salt: Buffer.from(sys.random.bytes(16)).toString("base64url"),
    ...keyDerivationFloor,
  },
  authKey: newKey(sys),
  slot: { id: sys.random.uuid(), envelope: Buffer.from(sys.random.bytes(200)).toString("base64") },
});

/** Asks over whole requests, and keeps the cookies that it is given. */
export class Browser {
  readonly jar = new Map<string, string>();
  readonly #sys: TestSystem;
  readonly #ip: string;
  constructor(sys: TestSystem, ip = "192.0.2.7") {
    this.#sys = sys;
    this.#ip = ip;
  }

  get session(): string {
    return this.jar.get("__Host-session") ?? "";
  }

  /** Another browser with the same cookies. */
  copy(sys = this.#sys): Browser {
    const copy = new Browser(sys, this.#ip);
    for (const [name, value] of this.jar) copy.jar.set(name, value);
    return copy;
  }

  /** `more` are headers that a browser would not send. */
  async call<T>(ask: (api: AppCaller) => Promise<T>, more: Record<string, string> = {}): Promise<T> {
    const context = await createAppContext(this.#sys, this.#request(this.#sys.config.WEB_URL, more));
    const result = await ask(callerOf(context));
    for (const cookie of context.responseHeaders.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.jar.set(name, value);
    }
    return result;
  }

  adminContext() {
    return createAdminContext(this.#sys, this.#request(this.#sys.config.ADMIN_URL));
  }

  #request(origin: string, more: Record<string, string> = {}) {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    return {
      method: "POST",
      headers: new Headers({ cookie, origin, "user-agent": firefox, ...more }),
      remoteAddress: this.#ip,
    };
  }
}

export const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** Somebody with an account, signed in. */
export async function registeredOwner(sys: TestSystem) {
  const account = newAccount(sys);
  const browser = new Browser(sys);
  await browser.call((api) => api.auth.register(account));
  await browser.call((api) => api.auth.login({ email: account.email, authKey: account.authKey }));
  return { account, browser };
}
