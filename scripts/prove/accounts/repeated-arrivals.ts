import { comeBack, target, visit } from "./provider-visits.ts";
import { expectThat, type Stage, visitorOf } from "./stage.ts";

const atOnce = 20;

/** One honest answer, twenty times at the same moment in one browser: one session, also when the provider takes a code again. */
export async function repeatedArrivals(stage: Stage): Promise<void> {
  const visitor = visitorOf(stage);
  const callback = await visit(stage, visitor, "google");
  stage.providers.google.script = { careless: true };
  const before = await stage.db.session.count();
  const arrivals = await Promise.all(Array.from({ length: atOnce }, () => comeBack(visitor, callback)));
  stage.providers.google.script = {};
  const entered = arrivals.filter(({ location }) => location === target).length;
  const sessions = (await stage.db.session.count()) - before;
  stage.figures["repeatedArrivals"] = { atOnce, entered, sessions };
  expectThat(
    stage,
    entered === 1 && sessions === 1,
    `of ${atOnce} arrivals with one answer ${entered} entered, with ${sessions} sessions`,
  );
}
