/** Older revisions are forgotten: a vault keeps enough to go back, and can't grow for ever. */
export const revisionsKept = 20;
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
