// What an assistant reaches of the stand-ins, as `npm start` wires them.
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { readWorkerConfig } from "../../packages/core/src/config.ts";
import { allowedHosts } from "../../packages/core/src/provisioner/allowed-hosts.ts";
import { startEgress } from "../../packages/core/src/provisioner/egress.ts";
import { readSimConfig } from "../../packages/sim/src/config.ts";
import { serveApp } from "../../packages/sim/src/serve-app.ts";
import { standIns } from "../../packages/sim/src/stand-ins.ts";
import { environmentOf } from "./environment.ts";
import { layoutOf, readPorts } from "./layout.ts";
import { freePort } from "./ports.ts";

const secret = (letter: string) => `${letter}q3hbXhJ3mF1mTzGJ8yq0cVtKo5n4Rw7uLsPaEdYi2kM`;
const secrets = {
  APP_SECRET: secret("a"),
  INTERNAL_SECRET: secret("i"),
  POSTGRES_PASSWORD: secret("p"),
  POSTGRES_APP_PASSWORD: secret("q"),
  SIM_MANAGEMENT_KEY: secret("s"),
  SIM_RESEND_KEY: secret("r"),
};

/** The stand-ins with one mail in the mailbox, and the way out of an assistant on this machine. */
async function start() {
  const ports = { ...readPorts({}), sim: await freePort(), mail: await freePort(), egress: await freePort() };
  const settings = {
    layout: layoutOf("/a folder/.data"),
    ports,
    secrets,
    databaseUrl: "postgresql://openclaw:x@127.0.0.1:5432/openclaw_launch",
    instanceImage: "openclaw-launch/openclaw:1",
    given: {},
  };
  const { SIM_DATA: _, ...variables } = environmentOf("sim", settings);
  for (const { app, port } of standIns(readSimConfig(variables))) {
    const { close } = await serveApp(app, { port });
    onTestFinished(close);
  }
  const allowed = allowedHosts({}, readWorkerConfig(environmentOf("worker", settings)));
  const egress = await startEgress({
    port: ports.egress,
    subnets: "127.0.0.0/29",
    instanceAt: async () => ({ instanceId: "7b0a1c52-6f0e-4a0b-9d53-0f6d2b1c9e11", allowed }),
    onRefused: () => {},
  });
  onTestFinished(egress.close);
  const web = environmentOf("web", settings);
  await fetch(`${web["RESEND_BASE_URL"]}/emails`, {
    method: "POST",
    headers: { authorization: `Bearer ${web["RESEND_API_KEY"]}` },
    body: JSON.stringify({ from: "a@b.co", to: "ada@example.org", subject: "Reset", text: "#SECRET" }),
  });
  return ports;
}

async function plain(proxy: number, url: string, host: string): Promise<string> {
  const outgoing = request({ host: "127.0.0.1", port: proxy, path: url, headers: { host }, agent: false });
  const [response] = (await once(outgoing.end(), "response")) as [IncomingMessage];
  return `${response.statusCode} ${await text(response)}`;
}

async function tunnelled(proxy: number, authority: string, path: string, host: string): Promise<string> {
  const outgoing = request({
    host: "127.0.0.1",
    port: proxy,
    method: "CONNECT",
    path: authority,
    agent: false,
  });
  const [response, socket] = (await once(outgoing.end(), "connect")) as [IncomingMessage, Socket];
  if (response.statusCode !== 200) {
    socket.destroy();
    return `${response.statusCode}`;
  }
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return await text(socket);
}

test("I3: an assistant reaches the models' stand-in and no mail, whatever host it names", async () => {
  const { sim, mail, egress } = await start();
  const models = `openrouter.internal:${sim}`;
  expect(await plain(egress, `http://${models}/api/v1/models`, models)).toMatch(/^200 /);

  for (const path of ["/mailbox.json", "/mailbox", "/resend/emails/1"]) {
    for (const host of [models, `127.0.0.1:${sim}`, `localhost:${mail}`, `127.0.0.1:${mail}`]) {
      expect(await plain(egress, `http://${models}${path}`, host)).toMatch(/^404 /);
      expect(await tunnelled(egress, models, path, host)).toMatch(/^HTTP\/1.1 404 /);
    }
  }
  for (const name of ["openrouter.internal", "127.0.0.1", "localhost", "[::1]"]) {
    const target = `${name}:${mail}`;
    expect(await plain(egress, `http://${target}/mailbox.json`, `127.0.0.1:${mail}`)).toMatch(/^403 /);
    expect(await tunnelled(egress, target, "/mailbox.json", `127.0.0.1:${mail}`)).toBe("403");
  }

  expect(await (await fetch(`http://127.0.0.1:${mail}/mailbox.json`)).text()).toContain("#SECRET");
});
