import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import type { GatewayTarget } from "../ports.ts";
import type { Challenge } from "./openclaw-gateway-frames.ts";

const protocol = 4;
const scopes = [
  "operator.read",
  "operator.write",
  "operator.admin",
  "operator.approvals",
  "operator.pairing",
];
const client = {
  id: "gateway-client",
  version: "1.0.0",
  platform: "linux",
  mode: "backend",
  displayName: "OpenClaw Launch",
};

/** Parameters of `connect`: who we are, signed over the gateway's challenge with the platform's device key. */
export function introduction({ deviceKey, token }: GatewayTarget, { nonce, ts }: Challenge) {
  const device = deviceFromSeed(deviceKey);
  const publicKey = publicKeyOf(device);
  const id = fingerprint(publicKey);
  const signed = [
    "v3",
    id,
    client.id,
    client.mode,
    "operator",
    scopes.join(","),
    ts,
    token,
    nonce,
    client.platform,
    "",
  ];
  const signature = sign(null, Buffer.from(signed.join("|")), device).toString("base64url");
  return {
    minProtocol: protocol,
    maxProtocol: protocol,
    client,
    role: "operator",
    scopes,
    caps: [],
    auth: { token },
    device: { id, publicKey, signature, signedAt: ts, nonce },
  };
}

/** The name under which gateways know the device with this key. */
export const deviceIdOf = (deviceKey: string): string => fingerprint(publicKeyOf(deviceFromSeed(deviceKey)));

/** Everything before the seed in an Ed25519 key in PKCS #8. RFC 8410. */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

function deviceFromSeed(seed: string): KeyObject {
  const der = Buffer.concat([pkcs8Prefix, Buffer.from(seed, "base64url")]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

const publicKeyOf = (device: KeyObject): string => createPublicKey(device).export({ format: "jwk" }).x ?? "";

/** OpenClaw names a device by the SHA-256 of its public key. */
const fingerprint = (publicKey: string): string =>
  createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("hex");
