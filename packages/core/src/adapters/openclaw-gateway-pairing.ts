import { z } from "zod";
import { nobodysAddress } from "../instances/rules.ts";
import { oneLine } from "../notifications/rules.ts";
import {
  type GatewayConnection,
  GatewayRefused,
  type PairedDevice,
  type Pairing,
  type PairingRequest,
} from "../ports.ts";
import { listOf, shortText, textUpTo } from "./openclaw-gateway-frames.ts";

type Ask = <T>(method: string, params: object, answer: z.ZodType<T>) => Promise<T>;

/** Who may reach the gateway, and who may talk to the assistant's bots. The platform's own device is never part of it. */
export function pairingOver(
  ask: Ask,
  ownDeviceId: string,
): Pick<GatewayConnection, "pairing" | "approve" | "reject" | "removeDevice"> {
  const lists = () =>
    Promise.all([
      ask("device.pair.list", {}, deviceLists(ownDeviceId)),
      ask("channels.pairing.list", {}, personList),
    ]);

  async function pairing(): Promise<Pairing> {
    const [{ requests, devices }, persons] = await lists();
    return { requests: [...requests, ...persons.map(({ request }) => request)], devices };
  }

  async function decide(requestId: string, decision: "approve" | "reject"): Promise<PairingRequest> {
    const [{ requests }, persons] = await lists();
    const device = requests.find((request) => request.requestId === requestId);
    if (device) {
      await ask(`device.pair.${decision}`, { requestId }, z.unknown());
      return device;
    }
    const person = persons.find(({ request }) => request.requestId === requestId);
    if (!person) throw new GatewayRefused("missing", "no such request");
    const target = { channel: person.request.channel, accountId: person.accountId, requestId };
    if (decision === "reject") await ask("channels.pairing.dismiss", target, z.unknown());
    else await ask("channels.pairing.approve", { ...target, notify: true }, z.unknown());
    return person.request;
  }

  async function removeDevice(deviceId: string): Promise<PairedDevice> {
    const { devices } = await ask("device.pair.list", {}, deviceLists(ownDeviceId));
    const device = devices.find((paired) => paired.deviceId === deviceId);
    if (!device) throw new GatewayRefused("missing", "no such device");
    await ask("device.pair.remove", { deviceId }, z.unknown());
    return device;
  }

  return {
    pairing,
    approve: (requestId) => decide(requestId, "approve"),
    reject: (requestId) => decide(requestId, "reject"),
    removeDevice,
  };
}

/** How long OpenClaw keeps a device's request. */
const deviceRequestMs = 5 * 60_000;

const milliseconds = z
  .number()
  .min(0)
  .max(8.64e15)
  .transform((at) => new Date(at));
/** Anybody who knows the token, or the bot, can ask. */
const mostRequests = 100;
/** Longer lists are refused and not cut: who isn't listed can't be shut out. */
const mostDevices = 1000;
/** Longer than what is shown of it. */
const name = textUpTo(500);
const about = {
  deviceId: shortText,
  displayName: name.optional(),
  platform: name.optional(),
  clientId: name.optional(),
  remoteIp: shortText.optional(),
};
const pendingDevice = z.object({ ...about, requestId: shortText, ts: milliseconds });
const pairedDevice = z.object({
  ...about,
  operatorLabel: name.optional(),
  connected: z.boolean().default(false),
  approvedAtMs: milliseconds,
  lastSeenAtMs: milliseconds.optional(),
});

const requestsOf = <Item extends z.ZodType>(request: Item) =>
  listOf(request, (requests) => requests.slice(0, mostRequests));

const deviceLists = (ownDeviceId: string) =>
  z
    .object({
      pending: requestsOf(pendingDevice),
      paired: z.array(z.unknown()).max(mostDevices).pipe(z.array(pairedDevice)),
    })
    .transform(({ pending, paired }): { requests: PairingRequest[]; devices: PairedDevice[] } => ({
      requests: pending
        .filter(({ deviceId }) => deviceId !== ownDeviceId)
        .map((device) => ({
          kind: "device",
          requestId: device.requestId,
          name: deviceName(device),
          address: addressOf(device),
          askedAt: device.ts,
          expiresAt: new Date(device.ts.getTime() + deviceRequestMs),
        })),
      devices: paired
        .filter(({ deviceId }) => deviceId !== ownDeviceId)
        .map((device) => ({
          deviceId: device.deviceId,
          name: oneLine(device.operatorLabel ?? "") || deviceName(device),
          address: addressOf(device),
          connected: device.connected,
          approvedAt: device.approvedAtMs,
          seenAt: device.lastSeenAtMs ?? null,
        })),
    }));

/** Whoever is on the gateway's own machine, and the platform, come from a documentation address: it tells a reader nothing. */
const addressOf = ({ remoteIp }: DeviceFacts): string | null =>
  remoteIp === undefined || remoteIp === nobodysAddress ? null : remoteIp;

type DeviceFacts = z.output<typeof pendingDevice> | z.output<typeof pairedDevice>;

function deviceName({ displayName, clientId, platform }: DeviceFacts): string {
  const program = displayName ?? (clientId === "openclaw-control-ui" ? "Browser" : (clientId ?? "Device"));
  return oneLine(platform ? `${program} on ${platform}` : program) || "Device";
}

const moment = z.iso.datetime().transform((at) => new Date(at));
/** Chats tell of people under different names. */
const names = z.object({
  firstName: name.optional(),
  lastName: name.optional(),
  name: name.optional(),
  tag: name.optional(),
  username: name.optional(),
});
const personRequest = z.object({
  requestId: shortText,
  channel: shortText,
  accountId: shortText,
  senderId: shortText,
  metadata: names.default({}),
  createdAt: moment,
  expiresAt: moment,
});

const personList = z.object({ requests: requestsOf(personRequest) }).transform(({ requests }) =>
  requests.map(({ requestId, channel, accountId, senderId, metadata, createdAt, expiresAt }) => ({
    accountId,
    request: {
      kind: "person",
      requestId,
      name: personName(metadata) || oneLine(senderId),
      channel,
      senderId: oneLine(senderId),
      askedAt: createdAt,
      expiresAt,
    } satisfies PairingRequest,
  })),
);

function personName({ firstName, lastName, name: whole, tag, username }: z.output<typeof names>): string {
  return oneLine([firstName, lastName].filter(Boolean).join(" ") || whole || tag || username || "");
}
