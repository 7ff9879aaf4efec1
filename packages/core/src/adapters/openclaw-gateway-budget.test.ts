import { afterEach, expect, test, vi } from "vitest";
import { createGatewayBudget } from "./openclaw-gateway-budget.ts";

afterEach(() => void vi.useRealTimers());

test("I1: who flooded is heard again after two quiet minutes, however much was said", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const budget = createGatewayBudget();
  for (let megabytes = 0; megabytes < 10_000; megabytes++) budget.spend(1024 * 1024);
  expect(budget.spend(1)).toBe(false);
  vi.advanceTimersByTime(120_000);
  expect(budget.spend(1)).toBe(true);
});
