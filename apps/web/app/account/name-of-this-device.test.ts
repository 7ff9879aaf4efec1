import { expect, test } from "vitest";
import { nameOfThisDevice } from "./name-of-this-device";

const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
const android =
  "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/143.0 Mobile Safari/537.36";

test("a phone is called what it is, though it says that it is like a computer", () => {
  expect(nameOfThisDevice(iphone, [])).toBe("iPhone");
  expect(nameOfThisDevice(android, [])).toBe("Android phone");
});

test("a name that is taken gets the next free number", () => {
  expect(nameOfThisDevice(iphone, ["iPhone"])).toBe("iPhone 2");
  expect(nameOfThisDevice(iphone, ["iPhone 2", "iPhone"])).toBe("iPhone 3");
  expect(nameOfThisDevice(iphone, ["iPhone 2"])).toBe("iPhone");
});

test("what says nothing is somebody's device", () => {
  expect(nameOfThisDevice("curl/8", [])).toBe("My device");
});
