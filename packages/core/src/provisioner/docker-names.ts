// What the objects of an instance are called on the engine. Names are deterministic, so that a repeated call finds its own work.

const namespace = "org.openclaw-launch";
export const engineLabel = `${namespace}.engine`;
export const instanceLabel = `${namespace}.instance`;
export const generationLabel = `${namespace}.generation`;
/** Of an image: which OpenClaw it holds. */
export const versionLabel = `${namespace}.version`;
/** Hash of everything that the container was created from. */
export const specLabel = `${namespace}.spec`;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Name of the container, the network and the volume alike. Throws on anything but a UUID: the name becomes part of a path. */
export function objectName(prefix: string, instanceId: string): string {
  if (!uuid.test(instanceId)) throw new Error("An instance id is a UUID.");
  return `${prefix}-${instanceId}`;
}

/** Name of the bridge on the host, 15 characters at most. The host's firewall knows instances by the part before the hyphen. */
export const interfaceName = (prefix: string, instanceId: string) =>
  `${prefix}-${instanceId.replaceAll("-", "").slice(0, 12)}`;

export const labelsOf = (prefix: string, instanceId: string): Record<string, string> => ({
  [engineLabel]: prefix,
  [instanceLabel]: instanceId,
});

/** Selects what this platform made on an engine that others may use too. */
export const ownObjects = (prefix: string) => ({ label: [`${engineLabel}=${prefix}`] });
