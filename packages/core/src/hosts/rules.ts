/** A host that has not been seen for this long takes no new assistants. */
export const silenceMs = 60_000;

export const isOnline = (host: { seenAt: Date }, now: Date): boolean =>
  now.getTime() - host.seenAt.getTime() < silenceMs;
