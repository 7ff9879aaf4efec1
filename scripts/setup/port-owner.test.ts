import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { portOwner } from "./port-owner.ts";
import { freePort, isPortFree } from "./ports.ts";

test("a taken port names the process that listens on it", async () => {
  const port = await freePort();
  expect(await isPortFree(port)).toBe(true);
  const server = createServer().listen(port, "0.0.0.0");
  await once(server, "listening");
  try {
    expect(await isPortFree(port)).toBe(false);
    expect(await portOwner(port)).toContain(`(pid ${process.pid})`);
  } finally {
    server.close();
  }
  expect(await portOwner(port)).toBeNull();
});
