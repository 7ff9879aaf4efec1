import type { InstanceView } from "@openclaw-launch/core/instances/schema";
import { expect, test } from "vitest";
import { answered, told } from "./known-instances.ts";

const at = (second: number, status: InstanceView["status"]) =>
  ({ id: "i1", status, updatedAt: new Date(second * 1000) }) as InstanceView;
const statusOf = (known: ReadonlyMap<string, InstanceView>) => known.get("i1")?.status;

test("B2: the answer to a command shows at once, and never over what happened since", () => {
  const running = told(new Map(), at(1, "running"));
  const stopping = answered(running, at(2, "stopping"));
  expect(statusOf(stopping)).toBe("stopping");
  const stopped = told(stopping, at(3, "stopped"));
  expect(statusOf(answered(stopped, at(2, "stopping")))).toBe("stopped");
  expect(statusOf(answered(stopped, at(3, "removed")))).toBe("removed");
});
