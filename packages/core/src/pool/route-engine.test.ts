import { expect, test } from "vitest";
import type { Engine, FolderSize } from "../ports.ts";
import type { Database } from "../system.ts";
import { routeEngine } from "./route-engine.ts";

const noMembers = { findUnique: async () => null } as object as Database["poolMember"];

test("A7: a disk is measured once for all who ask meanwhile, and anew for who asks later", async () => {
  const measurements: { of: string; end: PromiseWithResolvers<FolderSize[]> }[] = [];
  const measuring: Partial<Engine> = {
    largestFolders(of) {
      const end = Promise.withResolvers<FolderSize[]>();
      measurements.push({ of, end });
      return end.promise;
    },
  };
  const engine = routeEngine(measuring as Engine, { poolMember: noMembers });
  const folders = [{ path: "workspace", bytes: 2 ** 30 }];

  const asked = ["ada", "ada", "bob", "ada"].map((id) => engine.largestFolders(id));
  await expect.poll(() => measurements.map(({ of }) => of)).toEqual(["ada", "bob"]);
  measurements[0]?.end.resolve(folders);
  measurements[1]?.end.reject(new Error("no disk"));
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);

  for (const id of ["ada", "bob"]) {
    const again = engine.largestFolders(id);
    await expect.poll(() => measurements.at(-1)?.of).toBe(id);
    measurements.at(-1)?.end.resolve(folders);
    expect(await again).toEqual(folders);
  }
  expect(measurements).toHaveLength(4);
});
