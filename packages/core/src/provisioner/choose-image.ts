import { DomainError } from "../errors.ts";
import type { Engine } from "../ports.ts";

/** A reference that the engine knows, and the version of OpenClaw in it. */
export type InstanceImage = { reference: string; version: string };

/** Before it, whoever knew a gateway's address could take its token, and pairing could be passed by. */
export const minimumVersion = "2026.4.22";

/** The worker's own image. Throws, in words for whoever starts it, on one that nothing may run in. */
export async function chooseImage(engine: Engine, reference: string): Promise<InstanceImage> {
  const version = await engine.imageVersion(reference);
  if (version === null)
    throw new Error(
      `INSTANCE_IMAGE is ${reference}, which isn't on the engine, or isn't built from docker/openclaw: only such an image, whose label org.openclaw-launch.version says what it holds, has the programs that the worker runs in it. docs/runbooks/upgrade-openclaw.md says how.`,
    );
  if (!isSafe(version))
    throw new Error(
      `INSTANCE_IMAGE is ${reference}, which holds OpenClaw ${version}. Versions before ${minimumVersion} aren't safe: choose a newer one.`,
    );
  return { reference, version };
}

/** Before a container is made from it. Throws deploy.image-refused. */
export async function requireUsable(engine: Engine, reference: string): Promise<void> {
  const version = await engine.imageVersion(reference);
  if (version === null || !isSafe(version)) throw new DomainError("deploy.image-refused");
}

/** Not before the minimum; what is no version isn't. */
export function isSafe(version: string): boolean {
  const [own, least] = [partsOf(version), partsOf(minimumVersion)];
  if (!own || !least) return false;
  const differing = own.findIndex((part, index) => part !== least[index]);
  return differing === -1 || (own[differing] ?? 0) > (least[differing] ?? 0);
}

function partsOf(version: string): number[] | null {
  const parts = /^(\d{4})\.(\d{1,2})\.(\d{1,3})(-[0-9A-Za-z.]+)?$/.exec(version);
  return parts && [parts[1], parts[2], parts[3]].map(Number);
}
