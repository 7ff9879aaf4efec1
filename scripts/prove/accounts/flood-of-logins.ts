import { randomUUID } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { percentile, round } from "../owner.ts";
import { type Answer, newKey } from "../visitor.ts";
import { countOf, expectThat, type Stage, visitorOf } from "./stage.ts";

const logins = 200;
/** Most of a flood is turned away at once: one alone is over before many pages were asked for. */
const floods = 5;
const idleMs = 10_000;
/** Fewer say nothing about the slowest. */
const fewestPages = 100;
const allowedSlowdown = 3;

/** 200 logins at once, and what somebody waits meanwhile who opens one page after the other. Those that are computed and those that are turned away are all answered. */
export async function floodOfLogins(stage: Stage): Promise<void> {
  await pagesDuring(stage, after(idleMs)); // until they are as fast as they get
  const idle = await pagesDuring(stage, after(idleMs));

  const answers: Answer[] = [];
  const busy: number[] = [];
  const begun = performance.now();
  for (let flood = 0; flood < floods; flood++) {
    const answered = Promise.all(Array.from({ length: logins }, () => logIn(stage)));
    busy.push(...(await pagesDuring(stage, answered)));
    answers.push(...(await answered));
  }
  const seconds = (performance.now() - begun) / 1000;

  const counts = countOf(answers);
  const [p95Idle, p95Busy] = [percentile(idle, 0.95), percentile(busy, 0.95)];
  const slowdown = round(p95Busy / p95Idle);
  const { "auth.wrong-credentials": computed = 0, "auth.busy": turnedAway = 0 } = counts;
  stage.figures["flood"] = {
    atOnce: logins,
    floods,
    answers: counts,
    loginsPerSecond: round(computed / seconds),
    pages: busy.length,
    medianIdleMs: round(percentile(idle, 0.5)),
    medianBusyMs: round(percentile(busy, 0.5)),
    slowestBusyMs: round(Math.max(...busy)),
    p95IdleMs: round(p95Idle),
    p95BusyMs: round(p95Busy),
    slowdown,
    allowedSlowdown,
  };
  expectThat(
    stage,
    computed > 0 && computed + turnedAway === logins * floods,
    `a flood of logins was answered otherwise: ${JSON.stringify(counts)}`,
  );
  expectThat(stage, busy.length >= fewestPages, `the floods were over after ${busy.length} pages`);
  expectThat(
    stage,
    slowdown <= allowedSlowdown,
    `a page takes ${slowdown} times as long during a flood of logins`,
  );
}

const logIn = (stage: Stage) =>
  visitorOf(stage).mutate("auth.login", { email: `${randomUUID()}@example.org`, authKey: newKey() });

/** What each page takes, in milliseconds. */
async function pagesDuring(stage: Stage, until: Promise<unknown>): Promise<number[]> {
  let over = false;
  const end = until.finally(() => {
    over = true;
  });
  const times: number[] = [];
  while (!over) times.push(await page(stage));
  await end;
  return times;
}

async function page(stage: Stage): Promise<number> {
  const begun = performance.now();
  const { status } = await visitorOf(stage).request("/sign-in");
  if (status !== 200) throw new Error(`the page answers ${status}`);
  return performance.now() - begun;
}
