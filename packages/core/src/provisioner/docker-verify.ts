import { isDeepStrictEqual } from "node:util";
import type Docker from "dockerode";
import { stateDirectory } from "./docker-container.ts";

/** Parts of the host configuration that the engine must repeat word for word. */
const repeated = [
  "NetworkMode",
  "Dns",
  "ReadonlyRootfs",
  "Privileged",
  "CapDrop",
  "Init",
  "IpcMode",
  "Memory",
  "MemorySwap",
  "NanoCpus",
  "PidsLimit",
  "Ulimits",
  "Tmpfs",
  "LogConfig",
] as const satisfies readonly (keyof Docker.HostConfig)[];

/** Ways of giving a container more than ours ever has. */
const absent = [
  "Binds",
  "CapAdd",
  "Devices",
  "DeviceRequests",
  "VolumesFrom",
  "Links",
  "PortBindings",
  "GroupAdd",
] as const;
const shared = ["PidMode", "UTSMode", "UsernsMode"] as const;

/**
 * Compares what the engine made with what it was asked for: engines have been seen to accept a flag and drop it.
 * Returns what is missing; empty when the container is as it should be.
 */
export function missingProtections(
  asked: Docker.ContainerCreateOptions,
  found: Docker.ContainerInspectInfo,
): string[] {
  const wanted: Partial<Docker.HostConfig> = asked.HostConfig ?? {};
  const actual: Partial<Docker.HostConfig> = found.HostConfig;
  const mounts = found.Mounts.map(({ Type, Name, Destination }) => ({ Type, Name, Destination }));
  const checks: [name: string, holds: boolean][] = [
    ["User", found.Config.User === asked.User],
    ["Hostname", found.Config.Hostname === asked.Hostname],
    ["Healthcheck", isDeepStrictEqual(found.Config.Healthcheck?.Test, ["NONE"])],
    ["Runtime", !wanted.Runtime || actual.Runtime === wanted.Runtime],
    ["RestartPolicy", actual.RestartPolicy?.Name === "no"],
    ["SecurityOpt", isDeepStrictEqual(actual.SecurityOpt, wanted.SecurityOpt)],
    [
      "Mounts",
      isDeepStrictEqual(mounts, [{ Type: "volume", Name: asked.name, Destination: stateDirectory }]),
    ],
    ["Networks", isDeepStrictEqual(Object.keys(found.NetworkSettings.Networks), [wanted.NetworkMode])],
    ...repeated.map((key): [string, boolean] => [key, isDeepStrictEqual(actual[key], wanted[key])]),
    ...absent.map((key): [string, boolean] => [key, isEmpty(actual[key])]),
    ...shared.map((key): [string, boolean] => [key, !actual[key]]),
  ];
  return checks.filter(([, holds]) => !holds).map(([name]) => name);
}

const isEmpty = (value: object | null | undefined) => !value || Object.keys(value).length === 0;
