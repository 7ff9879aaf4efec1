import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Progress } from "./progress.ts";

let written = "";
const output = (isTTY: boolean) => ({ isTTY, columns: 60, write: (text: string) => (written += text) });

beforeEach(() => {
  written = "";
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function slowStep(progress: Progress): Promise<void> {
  const step = progress.step("image", async (report) => {
    report("step 3 of 7");
    await new Promise((resolve) => setTimeout(resolve, 25_000));
  });
  await vi.advanceTimersByTimeAsync(25_000);
  await step;
}

test("without a terminal a long step says every ten seconds what it does, and how long it took", async () => {
  await slowStep(new Progress(output(false)));
  const lines = written.trimEnd().split("\n");
  expect(lines.filter((line) => /^… image 1\d s: step 3 of 7$/.test(line))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith("…"))).toHaveLength(2);
  expect(lines.at(-1)).toMatch(/^✓ image +25 s {2}step 3 of 7$/);
});

test("a terminal shows one moving line that fits it", async () => {
  await slowStep(new Progress(output(true)));
  const frames = written.split("\r\x1b[2K").filter((frame) => /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/.test(frame));
  expect(frames.length).toBeGreaterThan(100);
  expect(Math.max(...frames.map((frame) => frame.length))).toBeLessThan(60);
});

test("a step that fails is marked, and its error goes on", async () => {
  const failing = new Progress(output(false)).step("image", () => Promise.reject(new Error("no disk")));
  await expect(failing).rejects.toThrow("no disk");
  expect(written).toMatch(/^✗ image/);
});
