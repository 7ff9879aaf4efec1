import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

type Colour = { light: string; dark: string };
type Scheme = keyof Colour;

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const tokens = new Map<string, Colour>(
  [...css.matchAll(/--color-([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(
    ([, name, light, dark]) => [String(name), { light: String(light), dark: String(dark) }],
  ),
);

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(front: string, back: string, scheme: Scheme): number {
  const [a, b] = [front, back].map((name) => {
    const colour = tokens.get(name);
    if (!colour) throw new Error(`no colour is called ${name}`);
    return luminance(colour[scheme]);
  });
  const [darker = 0, lighter = 0] = [a ?? 0, b ?? 0].sort((left, right) => left - right);
  return (lighter + 0.05) / (darker + 0.05);
}

const backgrounds = ["background", "surface", "raised", "sunken"];
const texts = ["text", "muted", "ok", "warn", "bad", "info"];
const pairs = [
  ...backgrounds.flatMap((back) => texts.map((front) => [front, back])),
  ["on-accent", "accent"],
  ["on-accent", "accent-strong"],
  ["on-bad", "bad"],
];

describe.each(["light", "dark"] as const)("WCAG 2.2 AA in the %s scheme", (scheme) => {
  test.each(pairs)("text in %s on %s has a contrast of at least 4.5:1", (front, back) => {
    expect(contrast(String(front), String(back), scheme)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(backgrounds)("controls on %s have a contrast of at least 3:1", (back) => {
    expect(contrast("control", back, scheme)).toBeGreaterThanOrEqual(3);
    expect(contrast("info", back, scheme)).toBeGreaterThanOrEqual(3);
  });

  test("the primary action stands out from surface and background by at least 3:1", () => {
    expect(contrast("accent", "surface", scheme)).toBeGreaterThanOrEqual(3);
    expect(contrast("accent", "background", scheme)).toBeGreaterThanOrEqual(3);
  });
});
