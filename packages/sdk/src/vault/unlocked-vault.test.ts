import { generateKeyPairSync, sign } from "node:crypto";
import type { AssistantConfiguration } from "@openclaw-launch/core/instances/schema";
import { beforeEach, describe, expect, test } from "vitest";
import { LaunchError, WorkerIdentityChanged } from "../errors.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { MemoryStore } from "../testing/memory-store.ts";
import { deriveVaultKeys, newMasterKey, type VaultKeys } from "./master-key.ts";
import { newId } from "./new-id.ts";
import { UnlockedVault } from "./unlocked-vault.ts";

const minute = 60_000;
/** Of another key, as far as anybody without this one knows. */
const foreign = Buffer.alloc(200, 7).toString("base64");
const userId = newId();
const secret = `123456789:${"S".repeat(35)}`;
const ada: AssistantConfiguration = {
  version: 1,
  name: "Ada",
  model: "openai/gpt-5-mini",
  personality: "Precise – and kind.",
  channels: { telegram: { botToken: secret } },
};
const refusal = (code: string) => expect.objectContaining({ code });

let store: MemoryStore;
let clock: ManualClock;
let keys: VaultKeys;
let vault: UnlockedVault;
let locked: number;

/** Another device, or the same after a reload. */
const unlockAgain = () => new UnlockedVault({ store, keys, userId, clock });

beforeEach(async () => {
  store = new MemoryStore();
  clock = new ManualClock();
  keys = await deriveVaultKeys(newMasterKey());
  locked = 0;
  vault = new UnlockedVault({ store, keys, userId, clock, onLock: () => locked++ });
});

describe("E2: configurations", () => {
  test("come back as they were saved, on every device, and the server sees none of it", async () => {
    const { id } = await vault.configs.save(ada);
    expect(await unlockAgain().configs.get(id)).toEqual({ id, revision: 1, configuration: ada });
    const seen = Buffer.from(JSON.stringify(store.content));
    for (const text of [secret, "Ada", "kind", "gpt-5"]) {
      expect(seen.includes(text)).toBe(false);
      for (const { envelope } of Object.values(store.content.configs))
        expect(Buffer.from(envelope, "base64").includes(text)).toBe(false);
    }
  });

  test("are listed whole, page by page", async () => {
    for (const name of ["Ada", "Bob", "Eve", "Kim", "Lou"]) await vault.configs.save({ ...ada, name });
    const names = (await vault.configs.list()).map(({ configuration }) => configuration.name);
    expect(names.toSorted()).toEqual(["Ada", "Bob", "Eve", "Kim", "Lou"]);
  });

  test("get a new data key with every revision", async () => {
    const { id } = await vault.configs.save(ada);
    const before = store.snapshot().configs[id];
    expect(await vault.configs.save({ ...ada, name: "Ida" }, id)).toMatchObject({ id, revision: 2 });
    expect(store.content.configs[id]?.wrappedKey).not.toBe(before?.wrappedKey);
    expect((await vault.configs.get(id)).configuration.name).toBe("Ida");
  });

  test("saved by two devices at once conflict, and nothing is overwritten", async () => {
    const { id } = await vault.configs.save(ada);
    const saves = [vault, unlockAgain()].map((device, number) =>
      device.configs.save({ ...ada, name: `Ada ${number}` }, id),
    );
    const outcomes = await Promise.allSettled(saves);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(reasons).toEqual([refusal("vault.revision-conflict")]);
    expect((await vault.configs.get(id)).revision).toBe(2);
  });

  test("changed from an older revision than the newest conflict, unless they are what it holds already", async () => {
    const { id } = await vault.configs.save(ada);
    const changed = { ...ada, personality: "Brief." };
    expect(await vault.configs.save(changed, id, 1)).toMatchObject({ revision: 2 });
    const device = unlockAgain();
    await expect(device.configs.save({ ...ada, name: "Ida" }, id, 1)).rejects.toEqual(
      refusal("vault.revision-conflict"),
    );
    expect((await vault.configs.get(id)).configuration).toEqual(changed);
    // The answer was lost, for example.
    expect(await device.configs.save(changed, id, 1)).toMatchObject({ revision: 2 });
    expect(await device.configs.save({ ...changed, name: "Ida" }, id, 2)).toMatchObject({ revision: 3 });
  });

  test("of two devices are both remembered, whoever wrote the index first", async () => {
    await vault.configs.save(ada);
    const others = [unlockAgain(), unlockAgain(), unlockAgain()];
    await Promise.all(others.map((device, number) => device.configs.save({ ...ada, name: `Ada ${number}` })));
    store.content.configs = {};
    const missing = await unlockAgain()
      .configs.list()
      .catch((error: unknown) => error);
    expect(missing).toEqual(refusal("vault.incomplete"));
    expect(store.content.index?.revision).toBe(5);
  });

  test("removed are gone, and removing twice is one removal", async () => {
    const { id } = await vault.configs.save(ada);
    await vault.configs.remove(id);
    await vault.configs.remove(id);
    expect(await vault.configs.list()).toEqual([]);
    await expect(vault.configs.get(id)).rejects.toEqual(refusal("vault.config-missing"));
  });
});

describe("E2: nobody is accused", () => {
  test("when the first uses of a new vault come together", async () => {
    await Promise.all([
      vault.configs.save(ada),
      vault.configs.save({ ...ada, name: "Bob" }),
      vault.configs.list(),
      unlockAgain().configs.save({ ...ada, name: "Eve" }),
      unlockAgain().configs.list(),
    ]);
    expect(await vault.configs.list()).toHaveLength(3);
  });

  test("when another device began the vault since the index was asked for", async () => {
    const getIndex = store.getIndex;
    store.getIndex = async () => {
      store.getIndex = getIndex;
      await unlockAgain().configs.save(ada);
      return null;
    };
    expect(await vault.configs.list()).toMatchObject([{ configuration: ada }]);
  });

  test("when another device removed a configuration since the index was read", async () => {
    const { id } = await vault.configs.save(ada);
    const kept = await vault.configs.save({ ...ada, name: "Bob" });
    const listConfigs = store.listConfigs;
    store.listConfigs = async (cursor) => {
      store.listConfigs = listConfigs;
      await unlockAgain().configs.remove(id);
      return listConfigs.call(store, cursor);
    };
    expect(await vault.configs.list()).toMatchObject([{ id: kept.id }]);
  });

  test("when another device removed a configuration just before it was fetched", async () => {
    const { getConfig } = store;
    const fetchAfterRemoval = async (input: { id: string }) => {
      store.getConfig = getConfig;
      await unlockAgain().configs.remove(input.id);
      return getConfig.call(store, input);
    };
    const { id } = await vault.configs.save(ada);
    store.getConfig = fetchAfterRemoval;
    await expect(vault.configs.get(id)).rejects.toEqual(refusal("vault.config-missing"));
    await vault.configs.save(ada);
    store.getConfig = fetchAfterRemoval;
    expect(await vault.configs.list()).toEqual([]);
  });

  test("when this device saved while an answer was on its way, and what it saw it remembers", async () => {
    await vault.configs.save(ada);
    const old = store.snapshot().index;
    const getIndex = store.getIndex;
    store.getIndex = async () => {
      store.getIndex = getIndex;
      await vault.configs.save({ ...ada, name: "Bob" });
      return old;
    };
    expect(await vault.configs.list()).toHaveLength(2);
    store.content.index = old;
    await expect(vault.configs.list()).rejects.toEqual(refusal("vault.rolled-back"));
  });
});

describe("E2: a server that cheats is found out", () => {
  test("when it returns an older revision", async () => {
    const { id } = await vault.configs.save(ada);
    const old = store.snapshot().configs;
    await vault.configs.save({ ...ada, name: "Ida" }, id);
    store.content.configs = old;
    for (const device of [vault, unlockAgain()]) {
      await expect(device.configs.get(id)).rejects.toEqual(refusal("vault.rolled-back"));
      await expect(device.configs.list()).rejects.toEqual(refusal("vault.rolled-back"));
    }
  });

  test("when it loses one, which its owner may then accept", async () => {
    const { id } = await vault.configs.save(ada);
    const kept = await vault.configs.save({ ...ada, name: "Bob" });
    delete store.content.configs[id];
    await expect(vault.configs.get(id)).rejects.toEqual(refusal("vault.incomplete"));
    await expect(unlockAgain().configs.list()).rejects.toMatchObject({
      code: "vault.incomplete",
      details: { configId: id },
    });
    await vault.configs.remove(id);
    expect(await vault.configs.list()).toMatchObject([{ id: kept.id }]);
  });

  test("when it returns another of the owner’s configurations, or the same one as another revision", async () => {
    const [first, second] = [
      await vault.configs.save(ada),
      await vault.configs.save({ ...ada, name: "Bob" }),
    ];
    const { [first.id]: a, [second.id]: b } = store.snapshot().configs;
    if (!a || !b) throw new Error("not stored");
    store.content.configs[first.id] = { ...b, id: first.id };
    await expect(vault.configs.get(first.id)).rejects.toEqual(refusal("vault.refused"));
    store.content.configs[first.id] = { ...a, revision: 7 };
    await expect(vault.configs.get(first.id)).rejects.toEqual(refusal("vault.refused"));
    store.content.configs[first.id] = { ...a, wrappedKey: b.wrappedKey };
    await expect(vault.configs.get(first.id)).rejects.toEqual(refusal("vault.refused"));
  });

  test("when it returns an older index, or the index under another number", async () => {
    await vault.configs.save(ada);
    const old = store.snapshot().index;
    await vault.configs.save(ada);
    const newest = store.snapshot().index;
    store.content.index = old;
    await expect(vault.configs.list()).rejects.toEqual(refusal("vault.rolled-back"));
    if (old && newest) store.content.index = { revision: newest.revision, envelope: old.envelope };
    await expect(vault.configs.list()).rejects.toEqual(refusal("vault.refused"));
    store.content.olderIndexes = [];
    await expect(unlockAgain().configs.list()).rejects.toEqual(refusal("vault.refused"));
  });

  test("when it returns a revision of the same number from another history", async () => {
    const { id } = await vault.configs.save(ada);
    const start = store.snapshot();
    await vault.configs.save({ ...ada, name: "Ida" }, id);
    const abandoned = store.snapshot().configs;
    store.content = start;
    const device = unlockAgain();
    await device.configs.save({ ...ada, name: "Eve" }, id);
    store.content.configs = abandoned;
    await expect(device.configs.get(id)).rejects.toEqual(refusal("vault.refused"));
  });

  test("when it puts a revision that doesn’t open before an index that was overtaken", async () => {
    await vault.configs.save(ada);
    await vault.configs.save({ ...ada, name: "Bob" });
    const { index, olderIndexes } = store.content;
    store.content.olderIndexes = olderIndexes.slice(0, 1);
    store.content.index = { revision: (index?.revision ?? 0) + 1, envelope: foreign };
    await expect(vault.configs.list()).rejects.toEqual(refusal("vault.refused"));
  });

  test("when it loses the index", async () => {
    await vault.configs.save(ada);
    store.content.index = null;
    for (const device of [vault, unlockAgain()])
      await expect(device.configs.list()).rejects.toEqual(refusal("vault.incomplete"));
  });

  test("when it hands one owner the vault of another", async () => {
    const { id } = await vault.configs.save(ada);
    const stranger = new UnlockedVault({ store, keys, userId: newId(), clock });
    await expect(stranger.configs.get(id)).rejects.toEqual(refusal("vault.refused"));
  });
});

describe("E2: whoever may save, but not read,", () => {
  test("puts nothing out of reach: what they saved as the index doesn’t count, and is overtaken by the next one", async () => {
    const { id } = await vault.configs.save(ada);
    for (const revision of [3, 4]) await store.saveIndex({ revision, envelope: foreign });
    for (const device of [vault, unlockAgain()]) expect(await device.configs.list()).toMatchObject([{ id }]);
    await vault.configs.save({ ...ada, name: "Ida" }, id);
    expect(store.content.index?.revision).toBe(5);
    expect(await unlockAgain().configs.get(id)).toMatchObject({ revision: 2 });
  });
});

describe("E2: a configuration that somebody who may save, but not read, saved over", () => {
  test("is read as it was, and saved after what doesn’t open", async () => {
    const { id } = await vault.configs.save(ada);
    const { [id]: own } = store.content.configs;
    if (!own) throw new Error("nothing was saved");
    for (const revision of [2, 3]) await store.saveConfig({ ...own, revision, envelope: foreign });
    for (const device of [vault, unlockAgain()]) {
      expect(await device.configs.get(id)).toEqual({ id, revision: 1, configuration: ada });
      expect(await device.configs.list()).toMatchObject([{ id, revision: 1 }]);
    }
    const ida = { ...ada, name: "Ida" };
    expect(await vault.configs.save(ida, id, 1)).toEqual({ id, revision: 4, configuration: ida });
    expect(await unlockAgain().configs.get(id)).toMatchObject({ revision: 4, configuration: ida });
  });
});

describe("E2: a save that broke off", () => {
  test("before the index was written leaves the vault whole", async () => {
    const { id } = await vault.configs.save(ada);
    const saveIndex = store.saveIndex;
    store.saveIndex = () => Promise.reject(new Error("connection lost"));
    await expect(vault.configs.save({ ...ada, name: "Ida" }, id)).rejects.toThrow("connection lost");
    await expect(vault.configs.save({ ...ada, name: "Bob" })).rejects.toThrow("connection lost");
    store.saveIndex = saveIndex;
    const names = (await unlockAgain().configs.list()).map(({ configuration }) => configuration.name);
    expect(names.toSorted()).toEqual(["Bob", "Ida"]);
    expect(await vault.configs.save({ ...ada, name: "Eva" }, id)).toMatchObject({ revision: 3 });
  });

  test("is one save when it is tried again, and then the index knows it", async () => {
    const id = newId();
    const saveConfig = store.saveConfig;
    store.saveConfig = async (input) => {
      store.saveConfig = saveConfig;
      await saveConfig.call(store, input);
      throw new Error("connection lost");
    };
    await expect(vault.configs.save(ada, id)).rejects.toThrow("connection lost");
    for (const device of [vault, unlockAgain(), vault])
      expect(await device.configs.save(ada, id)).toEqual({ id, revision: 1, configuration: ada });
    store.content.configs = {};
    await expect(vault.configs.get(id)).rejects.toEqual(refusal("vault.incomplete"));
  });
});

describe("E2: a removal", () => {
  test("that is refused leaves the configuration, and what would show that it was put back or withheld", async () => {
    const { id } = await vault.configs.save(ada);
    const old = store.snapshot().configs;
    await vault.configs.save({ ...ada, name: "Ida" }, id);
    const before = store.snapshot();
    const removeConfig = store.removeConfig;
    store.removeConfig = () => Promise.reject(new LaunchError("auth.step-up-required"));
    await expect(vault.configs.remove(id)).rejects.toEqual(refusal("auth.step-up-required"));
    expect(store.content).toEqual(before);
    store.content.configs = old;
    await expect(vault.configs.get(id)).rejects.toEqual(refusal("vault.rolled-back"));
    store.content = before;
    store.removeConfig = removeConfig;
    await vault.configs.remove(id);
    for (const device of [vault, unlockAgain()]) expect(await device.configs.list()).toEqual([]);
  });

  test("whose answer was lost is done, and is one removal when it is tried again", async () => {
    const { id } = await vault.configs.save(ada);
    const kept = await vault.configs.save({ ...ada, name: "Bob" });
    const removeConfig = store.removeConfig;
    store.removeConfig = async (input) => {
      await removeConfig.call(store, input);
      throw new Error("connection lost");
    };
    await expect(vault.configs.remove(id)).rejects.toThrow("connection lost");
    store.removeConfig = removeConfig;
    for (const device of [vault, unlockAgain()]) {
      expect(await device.configs.list()).toMatchObject([{ id: kept.id }]);
      await device.configs.remove(id);
      expect(await device.configs.list()).toMatchObject([{ id: kept.id }]);
    }
  });

  test("goes on when another device wrote the index meanwhile", async () => {
    const { id } = await vault.configs.save(ada);
    const removeConfig = store.removeConfig;
    store.removeConfig = async (input) => {
      store.removeConfig = removeConfig;
      await unlockAgain().configs.save({ ...ada, name: "Bob" });
      await removeConfig.call(store, input);
    };
    await vault.configs.remove(id);
    expect(await unlockAgain().configs.list()).toMatchObject([{ configuration: { name: "Bob" } }]);
  });

  test("may be of one that the index doesn’t name, as a save that broke off leaves it", async () => {
    const saveIndex = store.saveIndex;
    await vault.configs.list();
    store.saveIndex = () => Promise.reject(new Error("connection lost"));
    await expect(vault.configs.save(ada)).rejects.toThrow("connection lost");
    store.saveIndex = saveIndex;
    const [left] = await unlockAgain().configs.list();
    await vault.configs.remove(left?.id ?? "");
    expect(store.content.configs).toEqual({});
  });
});

describe("B6: the machine that a deployment is sealed to", () => {
  const identity = () => generateKeyPairSync("ed25519");
  const offer = (
    hostId: string,
    { publicKey, privateKey }: ReturnType<typeof identity>,
    signedBy = privateKey,
    validMs = 60 * minute,
  ) => {
    const id = newId();
    const deployKey = generateKeyPairSync("x25519").publicKey.export({ format: "jwk" }).x ?? "";
    const expiresAt = new Date(clock.now() + validMs);
    const statement = Buffer.from(`ocl/v1/deploy-key\n${id}|${deployKey}|${expiresAt.getTime()}`);
    const key = {
      id,
      publicKey: deployKey,
      expiresAt,
      signature: sign(null, statement, signedBy).toString("base64url"),
    };
    return { hostId, identityKey: publicKey.export({ format: "jwk" }).x ?? "", keys: [key] };
  };
  const facts = {
    configuration: ada,
    configId: newId(),
    revision: 1,
    instanceId: newId(),
    deployId: newId(),
  };
  const seal = (offered: ReturnType<typeof offer>, by = vault) =>
    by.sealDeployment({ ...facts, exp: clock.now() + 9 * minute }, offered, clock.now());

  test("is pinned the first time, on all devices", async () => {
    const [hostId, machine] = [newId(), identity()];
    const offered = offer(hostId, machine);
    expect((await seal(offered)).deployKeyId).toBe(offered.keys[0]?.id);
    await seal(offer(hostId, machine), unlockAgain());
  });

  test("is asked about when its identity changes, with both identities, and accepted on the owner’s word", async () => {
    const [hostId, first, second] = [newId(), offer(newId(), identity()), identity()];
    await seal({ ...first, hostId });
    const changed = offer(hostId, second);
    for (const device of [vault, unlockAgain()]) {
      const question = await seal(changed, device).catch((error: unknown) => error);
      expect(question).toBeInstanceOf(WorkerIdentityChanged);
      expect(question).toMatchObject({ hostId, pinned: first.identityKey, offered: changed.identityKey });
    }
    await vault.trustWorker(hostId, changed.identityKey);
    await seal(changed, unlockAgain());
    await expect(seal({ ...first, hostId })).rejects.toBeInstanceOf(WorkerIdentityChanged);
  });

  test("is asked about when it is new to a vault that knows another", async () => {
    await seal(offer(newId(), identity()));
    await expect(seal(offer(newId(), identity()))).rejects.toMatchObject({
      code: "vault.worker-identity-changed",
      pinned: null,
    });
  });

  test("must have signed the key itself, and the key must be fresh", async () => {
    const [machine, stranger] = [identity(), identity()];
    const untrusted = refusal("vault.untrusted-worker");
    await expect(seal(offer(newId(), machine, stranger.privateKey))).rejects.toEqual(untrusted);
    const offered = offer(newId(), machine);
    const changes = [
      { publicKey: offer(newId(), machine).keys[0]?.publicKey ?? "" },
      { id: newId() },
      { expiresAt: new Date(clock.now() + 61 * minute) },
      { signature: "AAAA" },
      { signature: "no base64!" },
    ];
    for (const change of changes) {
      const keys = offered.keys.map((key) => ({ ...key, ...change }));
      await expect(seal({ ...offered, keys })).rejects.toEqual(untrusted);
    }
    await expect(seal({ ...offered, identityKey: "short" })).rejects.toEqual(untrusted);
    await expect(seal({ ...offered, keys: [] })).rejects.toEqual(untrusted);
    await expect(seal(offer(newId(), machine, machine.privateKey, 0))).rejects.toEqual(untrusted);
    // None of that pinned anything.
    await seal(offer(newId(), stranger));
  });
});

describe("E2: the vault locks", () => {
  test("after 15 idle minutes, counted from the last use", async () => {
    clock.advance(14 * minute);
    await vault.configs.list();
    clock.advance(14 * minute);
    expect(vault.isLocked).toBe(false);
    clock.advance(minute);
    // Without anyone asking: the keys are gone even when the page is left alone.
    expect(locked).toBe(1);
    expect(vault.isLocked).toBe(true);
  });

  test("although timers stood still while the computer slept", async () => {
    clock.advance(15 * minute, { asleep: true });
    await expect(vault.configs.list()).rejects.toEqual(refusal("vault.locked"));
    expect(locked).toBe(1);
  });

  test("on demand, for whoever still holds it", async () => {
    const { configs } = vault;
    vault.lock();
    vault.lock();
    expect(locked).toBe(1);
    const attempts = [
      configs.list(),
      configs.get(newId()),
      configs.save(ada),
      configs.remove(newId()),
      vault.trustWorker("a", "b"),
    ];
    for (const outcome of await Promise.allSettled(attempts))
      expect(outcome).toMatchObject({ reason: refusal("vault.locked") });
  });
});
