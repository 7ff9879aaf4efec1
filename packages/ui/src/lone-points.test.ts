import { expect, test } from "vitest";
import { lonePoints } from "./lone-points.ts";

test.each([
  ["the only value", [4], [0]],
  ["0", [null, 0, null], [1]],
  ["one at each edge", [1, null, 2], [0, 2]],
  ["none of a line", [1, 2, null, undefined, 3, 4], []],
  ["one between two lines", [1, 2, null, 3, null, 4, 5], [3]],
  ["nothing", [], []],
])("a point of its own has %s", (_, values, indices) => expect(lonePoints(values)).toEqual(indices));
