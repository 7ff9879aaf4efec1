import type { InstanceImage } from "../provisioner/choose-image.ts";
import type { WorkerSystem } from "../worker.ts";

/** What an instance runs in: what it began with, until an upgrade. */
export const imageOf = (
  worker: Pick<WorkerSystem, "image">,
  { image, version }: { image: string | null; version: string | null },
): InstanceImage => (image && version ? { reference: image, version } : worker.image);
