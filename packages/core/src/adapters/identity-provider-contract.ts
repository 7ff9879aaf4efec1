import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExternalIdentity, IdentityProvider } from "../ports.ts";

export type IdentityProviderUnderTest = {
  provider: IdentityProvider;
  /** The provider knows this address as ours. */
  redirectUri: string;
  /** Acts for a person at the provider's pages; returns where the browser is sent. */
  signIn(url: string, who: string): Promise<URL>;
  /** At least two, and what the provider vouches for. */
  people: Readonly<Record<string, Partial<ExternalIdentity>>>;
  /** What no message may show. */
  secret: string;
  close(): Promise<void>;
};

/** What every identity provider guarantees. `pkce: false`: this stand-in doesn't look at the verifier. */
export function identityProviderContract(
  name: string,
  open: () => Promise<IdentityProviderUnderTest>,
  { pkce = true }: { pkce?: boolean } = {},
): void {
  describe(`identity provider contract: ${name}`, () => {
    let under: IdentityProviderUnderTest;
    let somebody: string;
    beforeAll(async () => {
      under = await open();
      somebody = Object.keys(under.people)[0] ?? "";
    });
    afterAll(() => under?.close());

    const begin = (fresh = false) => under.provider.begin({ redirectUri: under.redirectUri, fresh });
    type Departed = Awaited<ReturnType<typeof begin>>;
    const finish = (callback: URL, { checks }: Departed) =>
      under.provider.finish({ callback, redirectUri: under.redirectUri, checks });
    const enter = async (who: string) => {
      const departed = await begin();
      return finish(await under.signIn(departed.url, who), departed);
    };
    const refusalOf = async (attempt: Promise<ExternalIdentity>) => {
      const refusal: unknown = await attempt.catch((error: unknown) => error);
      expect(refusal).toMatchObject({ name: "IdentityRefused", message: expect.any(String) });
      const told = JSON.stringify([String(refusal), (refusal as Error).stack, (refusal as Error).cause]);
      expect(told).not.toContain(under.secret);
      return refusal;
    };
    const invalid = { reason: "invalid" };
    const changed = (callback: URL, change: Record<string, string | null>) => {
      const other = new URL(callback);
      for (const [parameter, value] of Object.entries(change))
        if (value === null) other.searchParams.delete(parameter);
        else other.searchParams.set(parameter, value);
      return other;
    };

    test("A1: it says who signed in, always under the same subject", async () => {
      const subjects = new Set<string>();
      for (const [who, expected] of Object.entries(under.people)) {
        const identity = await enter(who);
        expect(identity).toMatchObject(expected);
        expect(await enter(who)).toEqual(identity);
        subjects.add(identity.subject);
      }
      expect(subjects.size).toBe(Object.keys(under.people).length);
    });

    test("the way there carries a challenge and our exact address, and nothing that must stay here", async () => {
      const [one, other] = [await begin(), await begin()];
      const { searchParams } = new URL(one.url);
      expect(searchParams.get("redirect_uri")).toBe(under.redirectUri);
      expect(searchParams.get("state")).toBe(one.checks.state);
      expect(searchParams.get("code_challenge_method")).toBe("S256");
      expect(searchParams.get("code_challenge")).not.toBe(one.checks.codeVerifier);
      expect(one.url).not.toContain(one.checks.codeVerifier);
      expect(one.url).not.toContain(under.secret);
      expect(other.checks.state).not.toBe(one.checks.state);
      expect(other.checks.codeVerifier).not.toBe(one.checks.codeVerifier);
    });

    test("a fresh sign-in is asked for in another way than any", async () => {
      const parametersOf = ({ url }: Departed) =>
        [...new URL(url).searchParams].filter(([parameter]) => /prompt|max_age/.test(parameter));
      expect(parametersOf(await begin(true))).not.toEqual(parametersOf(await begin(false)));
    });

    test("an answer without our state, with another or with two is refused", async () => {
      const departed = await begin();
      const callback = await under.signIn(departed.url, somebody);
      const twice = new URL(callback);
      twice.searchParams.append("state", departed.checks.state);
      for (const wrong of [
        changed(callback, { state: null }),
        changed(callback, { state: "made-up" }),
        twice,
      ])
        expect(await refusalOf(finish(wrong, departed))).toMatchObject(invalid);
    });

    test("the answer to one departure is none to another", async () => {
      const [mine, theirs] = [await begin(), await begin()];
      const callback = await under.signIn(theirs.url, somebody);
      expect(await refusalOf(finish(callback, mine))).toMatchObject(invalid);
      if (!pkce) return;
      // Whoever slips their own code under our state still lacks the verifier of their departure.
      const injected = changed(await under.signIn(theirs.url, somebody), { state: mine.checks.state });
      expect(await refusalOf(finish(injected, mine))).toMatchObject(invalid);
    });

    test("an answer is good once, and a code that was made up never", async () => {
      const departed = await begin();
      const callback = await under.signIn(departed.url, somebody);
      await finish(callback, departed);
      expect(await refusalOf(finish(callback, departed))).toMatchObject(invalid);
      const invented = changed(await under.signIn((await begin()).url, somebody), {
        code: "made-up",
        state: departed.checks.state,
      });
      expect(await refusalOf(finish(invented, departed))).toMatchObject(invalid);
    });

    test("an answer without a code is refused", async () => {
      const departed = await begin();
      const callback = changed(await under.signIn(departed.url, somebody), { code: null });
      expect(await refusalOf(finish(callback, departed))).toMatchObject(invalid);
    });

    test("an answer in the name of another provider is refused", async () => {
      const departed = await begin();
      const callback = changed(await under.signIn(departed.url, somebody), { iss: "https://other.example" });
      expect(await refusalOf(finish(callback, departed))).toMatchObject(invalid);
    });

    test("an answer to another address than ours is refused", async () => {
      const departed = await begin();
      const callback = await under.signIn(departed.url, somebody);
      const elsewhere = new URL(callback);
      elsewhere.pathname += "/more";
      expect(await refusalOf(finish(elsewhere, departed))).toMatchObject(invalid);
    });

    test("a person who says no is told apart, but only under our state", async () => {
      const departed = await begin();
      const denial = changed(await under.signIn(departed.url, somebody), {
        code: null,
        error: "access_denied",
      });
      expect(
        await refusalOf(finish(denial, { ...departed, checks: { ...departed.checks, state: "x" } })),
      ).toMatchObject(invalid);
      expect(await refusalOf(finish(denial, departed))).toMatchObject({ reason: "denied" });
    });
  });
}
