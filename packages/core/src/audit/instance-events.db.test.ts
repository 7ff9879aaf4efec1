import { expect, test } from "vitest";
import { convergeInstance } from "../instances/converge-instance.ts";
import { decidePairing } from "../instances/decide-pairing.ts";
import { exportConfig } from "../instances/export-config.ts";
import { openGateway } from "../instances/open-gateway.ts";
import { renameInstance } from "../instances/rename-instance.ts";
import { revokeDevice } from "../instances/revoke-device.ts";
import type { Workers } from "../ports.ts";
import { createUser } from "../testing/create-user.ts";
import { deployTestInstance, draftOf } from "../testing/deploy-test-instance.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";

const now = new Date("2026-03-01T12:00:00Z");
const person = { kind: "person", name: "Eve", channel: "telegram", senderId: "7" } as const;
const request = { ...person, requestId: "r", askedAt: now, expiresAt: now };
const device = {
  deviceId: "d",
  name: "Phone",
  address: null,
  connected: false,
  approvedAt: now,
  seenAt: null,
};
/** What the worker of a running assistant answers. */
const workers: Partial<Workers> = {
  approve: async () => request,
  reject: async () => request,
  removeDevice: async () => device,
  gatewayLink: async () => "http://ada.localhost/",
  exportConfig: async () => "{}",
};
const sys = await createTestSystem({ workers: workers as Workers });
const worker = startTestWorker(sys, await createTestHost(sys));

test("R1: who was let in to an assistant, looked into it or renamed it is in its owner's log", async () => {
  const owner = await createUser(sys);
  const { id: instanceId } = await draftOf(sys, owner);
  await deployTestInstance(sys, worker, owner, instanceId);
  await convergeInstance(worker, instanceId, new AbortController().signal);
  const { id: last } = await sys.db.auditEvent.findFirstOrThrow({ orderBy: { id: "desc" } });

  await decidePairing(sys, owner, "approve", { instanceId, requestId: "r" });
  await decidePairing(sys, owner, "reject", { instanceId, requestId: "r" });
  await revokeDevice(sys, owner, { instanceId, deviceId: "d" });
  await openGateway(sys, owner, { instanceId });
  await exportConfig(sys, owner, { instanceId });
  await renameInstance(sys, owner, { instanceId, name: "Grace" });

  const events = await sys.db.auditEvent.findMany({
    where: { userId: owner.userId, id: { gt: last } },
    orderBy: { id: "asc" },
  });
  expect(events.every(({ targetId, outcome }) => targetId === instanceId && outcome === "ok")).toBe(true);
  expect(events.map(({ action, details }) => [action, details])).toEqual([
    ["instance.pairing-approved", person],
    ["instance.pairing-rejected", person],
    ["instance.device-revoked", { name: "Phone" }],
    ["instance.gateway-opened", {}],
    ["instance.config-exported", {}],
    ["instance.renamed", { name: "Grace" }],
  ]);
});
