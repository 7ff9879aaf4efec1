import type Docker from "dockerode";
import { describe, expect, test } from "vitest";
import { containerOptions } from "./docker-container.ts";
import { missingProtections } from "./docker-verify.ts";

const instanceId = "7b0a1c52-6f0e-4a0b-9d53-0f6d2b1c9e11";
const name = `oc-${instanceId}`;
const asked = containerOptions(
  "oc",
  {
    instanceId,
    generation: 1,
    image: "openclaw:1",
    hostname: "assistant-1",
    memoryBytes: 2 ** 31,
    milliCpus: 2000,
    pids: 256,
    environment: {},
    files: [],
  },
  { id: "n1", name, gateway: "10.213.0.1", address: "10.213.0.2" },
  "runsc",
);

/** What an engine tells that did as it was asked, changed by the test. */
function found(
  changes: { config?: object; host?: object; mounts?: object[]; networks?: object } = {},
): Docker.ContainerInspectInfo {
  const inspected: unknown = {
    Config: {
      User: asked.User,
      Hostname: asked.Hostname,
      Healthcheck: { Test: ["NONE"] },
      ...changes.config,
    },
    HostConfig: { ...asked.HostConfig, Binds: null, PidMode: "", ...changes.host },
    Mounts: changes.mounts ?? [{ Type: "volume", Name: name, Destination: "/home/node/.openclaw" }],
    NetworkSettings: { Networks: changes.networks ?? { [name]: {} } },
  };
  return inspected as Docker.ContainerInspectInfo;
}

describe("I1: what the engine made is compared with what it was asked for", () => {
  test("a container as asked for lacks nothing", () => {
    expect(missingProtections(asked, found())).toEqual([]);
  });

  test.each<[string, Parameters<typeof found>[0]]>([
    ["User", { config: { User: "" } }],
    ["Healthcheck", { config: { Healthcheck: undefined } }],
    ["Runtime", { host: { Runtime: "runc" } }],
    ["ReadonlyRootfs", { host: { ReadonlyRootfs: false } }],
    ["CapDrop", { host: { CapDrop: null } }],
    ["CapAdd", { host: { CapAdd: ["SYS_ADMIN"] } }],
    ["SecurityOpt", { host: { SecurityOpt: null } }],
    ["SecurityOpt", { host: { SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] } }],
    ["Privileged", { host: { Privileged: true } }],
    ["Memory", { host: { Memory: 0 } }],
    ["MemorySwap", { host: { MemorySwap: -1 } }],
    ["NanoCpus", { host: { NanoCpus: 0 } }],
    ["PidsLimit", { host: { PidsLimit: null } }],
    ["Dns", { host: { Dns: [] } }],
    ["RestartPolicy", { host: { RestartPolicy: { Name: "always" } } }],
    ["Binds", { host: { Binds: ["/:/host"] } }],
    ["PidMode", { host: { PidMode: "host" } }],
    ["UsernsMode", { host: { UsernsMode: "host" } }],
    ["NetworkMode", { host: { NetworkMode: "host" } }],
    ["Networks", { networks: { [name]: {}, bridge: {} } }],
    ["Mounts", { mounts: [{ Type: "bind", Source: "/", Destination: "/home/node/.openclaw" }] }],
  ])("%s is missed", (protection, changes) => {
    expect(missingProtections(asked, found(changes))).toEqual([protection]);
  });
});
