import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { command, succeeds } from "../setup/command.ts";
import { withApartBrowser } from "./apart-browser.ts";

const canMakeNetworks = await succeeds("unshare", ["--net", "true"]);

async function serve(): Promise<{ port: number; [Symbol.dispose](): void }> {
  const server = createServer((_, response) => response.end("reached"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: () => void server.close() };
}

const look = `
const reached = (port) => fetch("http://127.0.0.1:" + port).then((answer) => answer.text(), () => "nothing");
const [near, far] = process.argv.slice(1);
const interfaces = Object.keys(require("node:os").networkInterfaces());
Promise.all([reached(near), reached(far)]).then((seen) => console.log(JSON.stringify([...seen, interfaces])));`;

test.skipIf(!canMakeNetworks)(
  "what runs apart reaches the ports that were named, and nothing else",
  async () => {
    using named = await serve();
    using other = await serve();
    const output = await withApartBrowser({ chromium: process.execPath, ports: [named.port] }, (program) =>
      command(program, ["-e", look, String(named.port), String(other.port)]),
    );
    expect(JSON.parse(output)).toEqual(["reached", "nothing", ["lo"]]);
  },
);
