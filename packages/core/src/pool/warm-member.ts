import type { InstancePlan } from "../generated/prisma/enums.ts";
import { awaitHealth } from "../instances/await-health.ts";
import { connectPaired } from "../instances/connect-paired.ts";
import { gatewayAt } from "../provisioner/openclaw-config.ts";
import type { WorkerSystem } from "../worker.ts";
import { deviceKeyContext } from "./claim-member.ts";
import { forgetRehearsals } from "./forget-rehearsals.ts";
import { rehearse } from "./rehearse.ts";
import { fingerprintOf, memberSpec } from "./rules.ts";

/**
 * Starts an assistant that belongs to nobody and has it rehearse. Its gateway token lives in its own configuration alone, its model key
 * is none, and its conversation leaves nothing: one that can't forget it never gets ready, and is thrown away.
 */
export async function warmMember(
  worker: WorkerSystem,
  plan: InstancePlan,
  signal: AbortSignal,
): Promise<void> {
  const { engine, random, secrets } = worker;
  const id = random.uuid();
  const gatewayToken = random.uuid();
  const deviceKey = Buffer.from(random.bytes(32)).toString("base64url");
  await worker.db.poolMember.create({
    data: {
      id,
      hostId: secrets.hostId,
      plan,
      madeFrom: fingerprintOf({ ...worker, plan }),
      state: "warming",
      deviceKey: secrets.sealForDatabase(deviceKeyContext(id), deviceKey),
      createdAt: worker.clock.now(),
    },
  });
  const network = await engine.network(id);
  await engine.apply(memberSpec({ ...worker, plan }, { id, network, gatewayToken }));
  signal.throwIfAborted();
  await engine.start(id);
  await awaitHealth(worker, id, "live", signal);
  await awaitHealth(worker, id, "ready", signal);

  const target = { url: `ws://${gatewayAt(network.address)}`, origin: "", token: gatewayToken, deviceKey };
  const connection = await connectPaired(worker, id, target);
  try {
    await rehearse(connection, id, signal);
  } finally {
    connection.close();
  }
  const { exitCode, output } = await engine.exec(id, forgetRehearsals);
  if (exitCode !== 0) throw new Error(`a member of the pool could not forget its rehearsal: ${output}`);
  await worker.db.poolMember.updateMany({ where: { id, state: "warming" }, data: { state: "ready" } });
}
