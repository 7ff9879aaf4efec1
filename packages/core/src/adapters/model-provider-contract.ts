import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ModelProvider } from "../ports.ts";
import { systemRandom } from "./random.ts";

export type ProviderUnderTest = {
  provider: ModelProvider;
  close(): Promise<void>;
};

/** What every model provider guarantees. */
export function modelProviderContract(name: string, open: () => Promise<ProviderUnderTest>): void {
  describe(`model provider contract: ${name}`, () => {
    let under: ProviderUnderTest;
    let provider: ModelProvider;
    let keyName: string;

    beforeAll(async () => {
      under = await open();
      provider = under.provider;
    });
    beforeEach(() => {
      keyName = `openclaw-launch/${systemRandom.uuid()}`;
    });
    afterAll(() => under?.close());

    const create = () => provider.createKey({ name: keyName, limit: 1, reset: "monthly" });

    test("S1: a new key has its name, its limit and a secret of its own", async () => {
      const [one, other] = [await create(), await create()];
      expect(one).toMatchObject({ name: keyName, limit: 1, usage: 0, disabled: false });
      expect(one.createdAt).toBeInstanceOf(Date);
      expect(one.secret).toMatch(/^sk-or-v1-\S+$/);
      expect(other.secret).not.toBe(one.secret);
      expect(other.hash).not.toBe(one.hash);
    });

    test("keys are found by their exact name, without their secrets", async () => {
      const { secret: _, ...made } = await create();
      await provider.createKey({ name: `${keyName}0`, limit: 1, reset: null });
      expect(await provider.findKeys(keyName)).toEqual([made]);
      expect(await provider.findKeys(keyName.slice(0, -1))).toEqual([]);
    });

    test("every key of a name is found, though hundreds were made since", async () => {
      const wanted = [await create(), await create()].map(({ hash }) => hash);
      for (let made = 0; made < 201; made++)
        await provider.createKey({ name: `other-${made}`, limit: 1, reset: null });
      const found = await provider.findKeys(keyName);
      expect(found.map(({ hash }) => hash).sort()).toEqual(wanted.sort());
    });

    test("a limit can be changed alone, and a key disabled and enabled; a disabled one is still found", async () => {
      const { hash } = await create();
      expect(await provider.updateKey(hash, { limit: 2.5 })).toMatchObject({
        hash,
        limit: 2.5,
        disabled: false,
      });
      expect(await provider.updateKey(hash, { disabled: true })).toMatchObject({
        hash,
        limit: 2.5,
        disabled: true,
      });
      expect(await provider.findKeys(keyName)).toMatchObject([{ hash, disabled: true }]);
      expect(await provider.updateKey(hash, { disabled: false })).toMatchObject({ disabled: false });
    });

    test("an update of a missing key says that it is missing", async () => {
      await expect(provider.updateKey("missing", { limit: 1 })).rejects.toMatchObject({
        name: "ProviderRefused",
        reason: "missing",
      });
    });

    test("D4: a deleted key is gone, and deleting it again is fine", async () => {
      const { hash } = await create();
      await provider.deleteKey(hash);
      await provider.deleteKey(hash);
      expect(await provider.findKeys(keyName)).toEqual([]);
    });
  });
}
