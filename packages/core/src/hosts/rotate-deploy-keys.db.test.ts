import { expect, test } from "vitest";
import { convergeInstance } from "../instances/converge-instance.ts";
import { getInstance } from "../instances/get-instance.ts";
import { deployTestInstance, draftOf } from "../testing/deploy-test-instance.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import { registerHost } from "./register-host.ts";
import { rotateDeployKeys } from "./rotate-deploy-keys.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const worker = startTestWorker(sys, host);
const { secrets } = host;

const start = sys.clock.now().getTime();
const reach = (hours: number, minutes: number) =>
  sys.clock.advance(start + (hours * 60 + minutes) * 60_000 - sys.clock.now().getTime());
const keyIds = async () =>
  (await sys.db.hostDeployKey.findMany({ orderBy: { createdAt: "asc" } })).map(({ id }) => id);

test("B6: a host has a fresh key each day, while the last one's opens what was sealed to it", async () => {
  await registerHost(worker);
  await rotateDeployKeys(worker);
  const [first] = await keyIds();
  reach(23, 59);
  const { owner, id } = await draftOf(sys);
  const { deployKeyId } = await deployTestInstance(sys, worker, owner, id);
  expect(deployKeyId).toBe(first);

  reach(24, 1);
  await rotateDeployKeys(worker);
  await rotateDeployKeys(worker);
  expect(await keyIds()).toEqual([first, expect.any(String)]);
  await convergeInstance(worker, id, new AbortController().signal);
  expect(await getInstance(sys, owner, { instanceId: id })).toMatchObject({ status: "running" });
});

test("B6: a key is destroyed a day after it expired, also where the disk has no room for the next", async () => {
  const [first = ""] = await keyIds();
  reach(48, 2);
  await rotateDeployKeys(worker);
  reach(71, 59);
  await rotateDeployKeys(worker);
  expect(await keyIds()).toHaveLength(3);
  expect(await secrets.readDeployKey(first)).not.toBeNull();

  reach(72, 3);
  const createDeployKey = () => Promise.reject(new Error("no space left on device"));
  const full = startTestWorker(sys, host, { secrets: { ...secrets, createDeployKey } });
  await expect(rotateDeployKeys(full)).rejects.toThrow("no space left");
  expect(await keyIds()).not.toContain(first);
  expect(await secrets.readDeployKey(first)).toBeNull();
});
