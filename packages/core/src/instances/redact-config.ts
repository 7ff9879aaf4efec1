import { DomainError } from "../errors.ts";
import { instanceFiles } from "../provisioner/instance-files.ts";
import { readSealedInstance, type SealedInstance } from "../provisioner/sealed-instance.ts";
import type { WorkerSystem } from "../worker.ts";
import { imageOf } from "./image-of.ts";

const redacted = "[redacted]";

/** What an instance runs with, as JSON. It is made without its secrets: what was never put in can't come out. */
export async function redactConfig(worker: WorkerSystem, instanceId: string): Promise<string> {
  const instance = await worker.db.instance.findUnique({ where: { id: instanceId } });
  const sealed = await readSealedInstance(worker.secrets, instanceId);
  const { network } = await worker.engine.inspect(instanceId);
  if (!instance || !sealed || !network) throw new DomainError("instance.not-deployed");
  const files = instanceFiles({
    instance,
    version: imageOf(worker, instance).version,
    sealed: withoutSecrets(sealed),
    modelKey: redacted,
    network,
    config: worker.config,
  });
  const config = files.find(({ path }) => path === "openclaw.json");
  return JSON.stringify(JSON.parse(config?.content ?? "{}"), null, 2);
}

/** Takes over what is known to be none: a field that comes later stays out until somebody decides about it. */
function withoutSecrets({
  version,
  deployId,
  generation,
  configId,
  revision,
  configuration,
}: SealedInstance) {
  const { name, model, channels } = configuration;
  return {
    version,
    deployId,
    generation,
    configId,
    revision,
    gatewayToken: redacted,
    rotationId: null,
    deviceKey: redacted,
    configuration: {
      version: configuration.version,
      name,
      model,
      personality: "",
      channels: {
        ...(channels.telegram && { telegram: { botToken: redacted } }),
        ...(channels.discord && { discord: { token: redacted } }),
      },
    },
  };
}
