import { createHash } from "node:crypto";
import type Docker from "dockerode";
import { graceSeconds } from "../instances/rules.ts";
import type { InstanceLimits, InstanceSpec } from "../ports.ts";
import { generationLabel, labelsOf, objectName, specLabel } from "./docker-names.ts";
import type { DockerNetwork } from "./docker-network.ts";

export const stateDirectory = "/home/node/.openclaw";
export const instanceUser = { uid: 1000, gid: 1000 };
/** Answers no one: names are resolved by the egress proxy, and a resolver would be a way out. RFC 5737. */
const noResolver = "192.0.2.254";

type ContainerOptions = Docker.ContainerCreateOptions & {
  HostConfig: Docker.HostConfig;
  Labels: Record<string, string>;
};

/** The container of an instance. Nothing that an owner chose becomes a flag: the spec gives amounts, an image and variables only. */
export function containerOptions(
  prefix: string,
  spec: InstanceSpec,
  network: DockerNetwork,
  runtime?: string,
): ContainerOptions {
  const name = objectName(prefix, spec.instanceId);
  const options: Docker.ContainerCreateOptions & { HostConfig: Docker.HostConfig } = {
    name,
    Image: spec.image,
    Hostname: spec.hostname,
    User: `${instanceUser.uid}:${instanceUser.gid}`,
    Env: Object.entries(spec.environment).map(([key, value]) => `${key}=${value}`),
    Healthcheck: { Test: ["NONE"] },
    StopTimeout: graceSeconds,
    HostConfig: {
      ...(runtime && { Runtime: runtime }),
      NetworkMode: network.name,
      Dns: [noResolver],
      DnsSearch: ["."],
      ReadonlyRootfs: true,
      Privileged: false,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Init: true,
      IpcMode: "private",
      Ulimits: [
        { Name: "nofile", Soft: 8192, Hard: 8192 },
        { Name: "core", Soft: 0, Hard: 0 },
      ],
      Tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=128m,mode=0700,uid=1000,gid=1000" },
      Mounts: [{ Type: "volume", Source: name, Target: stateDirectory, ReadOnly: false }],
      RestartPolicy: { Name: "no" },
      LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
    },
    NetworkingConfig: {
      EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: network.address } } },
    },
  };
  // A network that was made anew has another id: a container of the old one could not start.
  // Limits are not part of it: they change without another container.
  const hash = createHash("sha256")
    .update(JSON.stringify([options, network.id]))
    .digest("hex");
  Object.assign(options.HostConfig, resourcesOf(spec));
  const labels = {
    ...labelsOf(prefix, spec.instanceId),
    [generationLabel]: String(spec.generation),
    [specLabel]: hash,
  };
  return { ...options, Labels: labels };
}

export const resourcesOf = ({ memoryBytes, milliCpus, pids }: InstanceLimits) => ({
  Memory: memoryBytes,
  MemorySwap: memoryBytes,
  NanoCpus: milliCpus * 1_000_000,
  PidsLimit: pids,
});

export const limitsIn = ({ HostConfig }: Docker.ContainerInspectInfo): InstanceLimits => ({
  memoryBytes: HostConfig.Memory ?? 0,
  milliCpus: (HostConfig.NanoCpus ?? 0) / 1_000_000,
  pids: HostConfig.PidsLimit ?? 0,
});

export function isMadeFrom(options: ContainerOptions, found: Docker.ContainerInspectInfo): boolean {
  return [generationLabel, specLabel].every((label) => found.Config.Labels[label] === options.Labels[label]);
}
