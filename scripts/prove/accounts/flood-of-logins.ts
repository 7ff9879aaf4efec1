import { randomUUID } from "node:crypto";
import { percentile, round } from "../owner.ts";
import { type Answer, newKey } from "../visitor.ts";
import { countOf, expectThat, type Stage, visitorOf } from "./stage.ts";

const logins = 200;
/** Most of a flood is turned away at once: one alone is over before many pages were asked for. */
const floods = 5;
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

  const busy: number[] = [];
  const answers: Answer[] = [];
  const begun = performance.now();
  for (let flood = 0; flood < floods; flood++) {
    let over = false;
    const answered = Promise.all(Array.from({ length: logins }, () => logIn(stage))).finally(() => {
      over = true;
    });
    while (!over) busy.push(await page());
    answers.push(...(await answered));
  }
  const counts = countOf(answers);
  const seconds = (performance.now() - begun) / 1000;

  const [p95Idle, p95Busy] = [percentile(idle, 0.95), percentile(busy, 0.95)];
  const slowdown = round(p95Busy / p95Idle);
  const { "auth.wrong-credentials": computed = 0, "auth.busy": turnedAway = 0 } = counts;
  stage.figures["flood"] = {
    atOnce: logins,
    floods,
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
