// A9: how long an old gateway token still opens anything, at the edge and at the gateway itself.
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createOpenClawGateway } from "@openclaw-launch/core/adapters/openclaw-gateway";
import { GatewayRefused } from "@openclaw-launch/core/ports";
import type { Launch } from "@openclaw-launch/sdk";
import { command } from "../../setup/command.ts";
import { nextMoment, secondsSince } from "../owner.ts";

type Measured = { edge: number; gateway: number };

/** From the owner's command until nothing takes the old token any more. */
export async function rotate(launch: Launch, prefix: string, id: string): Promise<Measured> {
  const address = await addressOf(prefix, id);
  const { url } = await launch.api.instances.openGateway.mutate({ instanceId: id });
  const { host, origin, pathname, hash } = new URL(url);
  const entered = await ask({
    url,
    method: "POST",
    headers: { host, origin },
    path: pathname,
    body: hash.slice(1),
  });
  const cookie = entered.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  const begun = performance.now();
  const operationId = randomUUID();
  await launch.api.instances.rotateGatewayToken.mutate({ instanceId: id, operationId });
  const seconds = await Promise.all([
    refusedAfter(
      begun,
      async () => (await ask({ url, headers: { host, cookie }, path: "/" })).status === 401,
    ),
    refusedAfter(begun, () => isTokenRefused(address, entered.text)),
  ]);
  while ((await launch.api.instances.get.query({ instanceId: id })).operation?.state !== "succeeded")
    await nextMoment();
  return { edge: seconds[0], gateway: seconds[1] };
}

async function refusedAfter(begun: number, isRefused: () => Promise<boolean>): Promise<number> {
  while (!(await isRefused())) await nextMoment();
  return secondsSince(begun);
}

/** A device that nobody approved is asked to wait while its token is right. */
async function isTokenRefused(address: string, token: string): Promise<boolean> {
  const deviceKey = randomBytes(32).toString("base64url");
  try {
    await createOpenClawGateway().connect({ url: `ws://${address}:18789`, origin: "", token, deviceKey });
    return false;
  } catch (error) {
    if (!(error instanceof GatewayRefused)) throw error;
    return error.reason === "token" || error.reason === "unreachable";
  }
}

async function addressOf(prefix: string, id: string): Promise<string> {
  const form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  return command("docker", ["inspect", "--format", form, `${prefix}-${id}`]);
}

type Request = { url: string; path: string; method?: string; headers: Record<string, string>; body?: string };

/** The names of instances lead to this machine, whatever its resolver knows. */
async function ask({ url, path, method = "GET", headers, body }: Request) {
  const outgoing = request({ host: "127.0.0.1", port: new URL(url).port, path, method, headers });
  outgoing.end(body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, headers: response.headers, text };
}
