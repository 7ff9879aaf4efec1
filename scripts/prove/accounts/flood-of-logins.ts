import { randomUUID } from "node:crypto";
import { percentile, round } from "../owner.ts";
import { newKey } from "../visitor.ts";
import { countOf, expectThat, type Stage, visitorOf } from "./stage.ts";

const logins = 200;
const idlePages = 100;
/** Fewer say nothing about the slowest. */
const fewestPages = 40;
const allowedSlowdown = 3;

/** 200 logins at once, and what another page takes meanwhile. Those that are computed and those that are turned away are all answered. */
export async function floodOfLogins(stage: Stage): Promise<void> {
  const page = async () => {
    const visitor = visitorOf(stage);
    const begun = performance.now();
    const { status } = await visitor.request("/sign-in");
    if (status !== 200) throw new Error(`the page answers ${status}`);
    return performance.now() - begun;
  };
  for (let n = 0; n < idlePages; n++) await page(); // until it is as fast as it gets
  const idle: number[] = [];
  for (let n = 0; n < idlePages; n++) idle.push(await page());

  const begun = performance.now();
  const flood = Array.from({ length: logins }, () =>
    visitorOf(stage).mutate("auth.login", { email: `${randomUUID()}@example.org`, authKey: newKey() }),
  );
  let over = false;
  const answers = Promise.all(flood).finally(() => {
    over = true;
  });
  const busy: number[] = [];
  while (!over) busy.push(await page());
  const counts = countOf(await answers);
  const seconds = (performance.now() - begun) / 1000;

  const [p95Idle, p95Busy] = [percentile(idle, 0.95), percentile(busy, 0.95)];
  const slowdown = round(p95Busy / p95Idle);
  const { "auth.wrong-credentials": computed = 0, "auth.busy": turnedAway = 0 } = counts;
  stage.figures["flood"] = {
    logins,
    answers: counts,
    loginsPerSecond: round(computed / seconds),
    pages: busy.length,
    p95IdleMs: round(p95Idle),
    p95BusyMs: round(p95Busy),
    slowdown,
    allowedSlowdown,
  };
  expectThat(
    stage,
    computed > 0 && computed + turnedAway === logins,
    `a flood of logins was answered otherwise: ${JSON.stringify(counts)}`,
  );
  expectThat(stage, busy.length >= fewestPages, `the flood was over after ${busy.length} pages`);
  expectThat(
    stage,
    slowdown <= allowedSlowdown,
    `a page takes ${slowdown} times as long during a flood of logins`,
  );
}
