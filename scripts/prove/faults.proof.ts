// Whatever dies at whatever step of a deploy, and then a hundred random histories of commands and mishaps on an engine in memory.
import type {} from "@openclaw-launch/core/testing/fault-history";
import { createVitest } from "vitest/node";
import type { Proof } from "../prove.ts";
import { root } from "../setup/layout.ts";
import { type Fault, killed, tryFaults } from "./faults/cells.ts";
import { killEngine } from "./kill-engine.ts";

const histories = 100;
const faults: Fault[] = [killed("worker"), killed("web"), killed("database"), ...engineFault()];

/** Others may have containers on the same engine, which end with it: only where the caller says so. */
function engineFault(): Fault[] {
  return process.env["PROVE_KILLS_ENGINE"] ? [{ name: "engine killed", strike: killEngine }] : [];
}

export async function prove(): Promise<Proof> {
  const { figures, failures } = await tryFaults(faults);
  const failed = await runHistories();
  return {
    figures: { ...figures, histories, historiesFailed: failed.length },
    failures: [...failures, ...failed],
  };
}

/** Returns what failed. */
async function runHistories(): Promise<string[]> {
  const vitest = await createVitest("test", {
    root,
    watch: false,
    project: ["database"],
    reporters: ["dot"],
  });
  vitest.provide("histories", histories);
  const { testModules } = await vitest.start(["packages/core/src/instances/histories.db.test.ts"]);
  const tests = testModules.flatMap((module) => [...module.children.allTests()]);
  await vitest.close();
  if (tests.length !== histories) return [`${tests.length} histories ran instead of ${histories}`];
  return tests.filter((test) => test.result().state !== "passed").map(({ fullName }) => fullName);
}
