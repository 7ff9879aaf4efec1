import { createPublicKey, verify } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadHostSecrets } from "./host-secrets.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "host secrets "));
});
afterEach(() => rm(folder, { recursive: true }));

test("a host keeps its identity and keys over restarts", async () => {
  const first = await loadHostSecrets(folder);
  const again = await loadHostSecrets(folder);
  expect([again.hostId, again.identityKey]).toEqual([first.hostId, first.identityKey]);
  expect(again.openFromDatabase("row", first.sealForDatabase("row", "secret"))).toBe("secret");

  const message = Buffer.from("statement");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: first.identityKey }, format: "jwk" });
  expect(verify(null, message, key, again.sign(message))).toBe(true);
});

test("E3: what is sealed for one row opens for no other, nor after a change of one byte", async () => {
  const { sealForDatabase, openFromDatabase } = await loadHostSecrets(folder);
  const sealed = sealForDatabase("Instance|providerKey|1", "sk-or-v1-secret");
  expect(Buffer.from(sealed).toString("latin1")).not.toContain("sk-or");
  expect(() => openFromDatabase("Instance|providerKey|2", sealed)).toThrow();
  for (const at of [0, 12, sealed.length - 1]) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => openFromDatabase("Instance|providerKey|1", changed)).toThrow();
  }
});

test("E4: an instance's file is sealed, readable by its owner only, and gone when it is removed", async () => {
  const secrets = await loadHostSecrets(folder);
  await secrets.writeInstance("a", "bot token");
  expect(await secrets.readInstance("a")).toBe("bot token");
  const path = join(folder, "instances", "a.sealed");
  expect((await readFile(path)).toString("latin1")).not.toContain("bot token");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "host.json"))).mode & 0o777).toBe(0o600);
  await secrets.removeInstance("a");
  await secrets.removeInstance("a");
  expect(await secrets.readInstance("a")).toBeNull();
  expect(await readdir(join(folder, "instances"))).toEqual([]);
});

test("B6: a deploy key is gone once it was destroyed", async () => {
  const secrets = await loadHostSecrets(folder);
  const { id } = await secrets.createDeployKey();
  expect(await secrets.readDeployKey(id)).not.toBeNull();
  await secrets.destroyDeployKey(id);
  expect(await secrets.readDeployKey(id)).toBeNull();
});
