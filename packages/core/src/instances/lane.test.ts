import { expect, test } from "vitest";
import { createLane } from "./lane.ts";

const { signal } = new AbortController();

/** Work that says when it begins, and ends when it is told to. */
function laneOf(width: number, each?: number) {
  const pass = createLane(width, each);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    begun,
    settled,
    enter: (name: string, owner: string, until = signal) =>
      pass(owner, until, () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      }),
    end: (name: string) => {
      ends.get(name)?.();
      return settled();
    },
  };
}

test("an owner's own wait for one another, and everybody else passes them by", async () => {
  const { begun, enter, settled, end } = laneOf(4, 2);
  for (const name of ["a1", "a2", "a3", "a4", "b1", "c1", "d1"]) void enter(name, name.charAt(0));
  await settled();
  expect(begun).toEqual(["a1", "a2", "b1", "c1"]);
  await end("b1");
  expect(begun.slice(4)).toEqual(["d1"]);
  await end("c1");
  expect(begun).toHaveLength(5);
  await end("a2");
  expect(begun.slice(5)).toEqual(["a3"]);
});

test("nobody is passed by whose owner may have more", async () => {
  const { begun, enter, settled, end } = laneOf(2, 2);
  for (const name of ["a1", "a2", "a3", "b1", "a4", "b2"]) void enter(name, name.charAt(0));
  await settled();
  for (const name of ["a1", "a2", "a3", "b1"]) await end(name);
  expect(begun).toEqual(["a1", "a2", "a3", "b1", "a4", "b2"]);
});

test("who was called off while waiting takes nobody's place", async () => {
  const { begun, enter, end } = laneOf(1);
  const controller = new AbortController();
  void enter("first", "a");
  const called = enter("second", "a", controller.signal);
  void enter("third", "a");
  controller.abort(new Error("called off"));
  await expect(called).rejects.toThrow("called off");
  await end("first");
  expect(begun).toEqual(["first", "third"]);
});
