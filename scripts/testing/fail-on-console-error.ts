import { afterEach, beforeEach, expect } from "vitest";

const complaints: string[] = [];
const original = console.error;

beforeEach(() => {
  complaints.length = 0;
  console.error = (...values: unknown[]) => {
    complaints.push(values.map(String).join(" "));
    original(...values);
  };
});

afterEach(() => {
  console.error = original;
  expect(complaints, "console.error was called").toEqual([]);
});
