import { expect, test } from "vitest";
import { waitingTime } from "./waiting-time.ts";

test.each([
  [0.4, "a second"],
  [41.2, "42 seconds"],
  [60, "a minute"],
  [61, "2 minutes"],
  [899, "15 minutes"],
  [3600, "an hour"],
  [3601, "2 hours"],
])("%d seconds are %s", (seconds, words) => expect(waitingTime(seconds)).toBe(words));
