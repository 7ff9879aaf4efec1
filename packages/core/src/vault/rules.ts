/** A vault keeps enough revisions to go back, and can't grow for ever. */
export const revisionsKept = 20;
/** What was the last of its day, or stood for an hour, is kept for longer: whoever saves often, on purpose even, doesn't push it out. */
const daysKept = 30;
const daysOfHoursKept = 7;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

type Revision = { revision: number; createdAt: Date };

/** Which revisions, given newest first, are kept no longer. */
export function outdated(revisions: readonly Revision[], now: Date): number[] {
  return revisions.flatMap(({ revision, createdAt }, place) => {
    const next = revisions[place - 1];
    if (place < revisionsKept || !next) return [];
    const days = (now.getTime() - next.createdAt.getTime()) / dayMs;
    const isLastOfDay = dayOf(createdAt) < dayOf(next.createdAt);
    const stoodAnHour = next.createdAt.getTime() - createdAt.getTime() >= hourMs;
    const isKept = (isLastOfDay && days < daysKept) || (stoodAnHour && days < daysOfHoursKept);
    return isKept ? [] : [revision];
  });
}

const dayOf = (at: Date) => Math.floor(at.getTime() / dayMs);
export const configsPerUser = 100;

/** How long what only a forgotten password could open is kept. */
export const daysLeftBehind = 30;

/**
 * What a save may do, given the current revision (0 when there is none): revisions follow one another without gaps.
 * "repeated" is the save that stands already, if its content is the same.
 */
export function placeOf(revision: number, current: number): "next" | "repeated" | "conflict" {
  if (revision === current + 1) return "next";
  return revision === current ? "repeated" : "conflict";
}
