import { describe, expect, test } from "vitest";
import { systemClock } from "../adapters/clock.ts";
import { FakeEngine } from "../testing/fake-engine.ts";
import { chooseImage, isSafe, requireUsable } from "./choose-image.ts";

describe("versions", () => {
  test.each(["2026.4.22", "2026.4.23", "2026.5.1", "2026.10.1", "2027.1.1", "2026.9.6-1"])(
    "%s may run",
    (version) => expect(isSafe(version)).toBe(true),
  );
  test.each(["2026.4.21", "2026.3.30", "2025.12.31", "2026.4", "latest", "", "v2026.9.6", "2026.9.6\n"])(
    "%j may not",
    (version) => expect(isSafe(version)).toBe(false),
  );
});

describe("the worker's image", () => {
  const engine = new FakeEngine(systemClock);
  engine.images.set("old:1", "2026.4.21").set("new:1", "2026.9.6").set("mute:1", null);

  test("is taken with its version", async () => {
    expect(await chooseImage(engine, "new:1")).toEqual({ reference: "new:1", version: "2026.9.6" });
  });

  test.each([
    ["old:1", "2026.4.21. Versions before 2026.4.22"],
    ["mute:1", "isn't built from docker/openclaw"],
    ["gone:1", "isn't on the engine"],
  ])("%s is refused, and says why", async (image, text) => {
    await expect(chooseImage(engine, image)).rejects.toThrow(text);
    await expect(requireUsable(engine, image)).rejects.toThrow("deploy.image-refused");
  });
});
