import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/gu)].map(([, name, light, dark]) => [
    name,
    { light: light ?? "", dark: dark ?? "" },
  ]),
);

const BACKGROUNDS = ["bg", "surface", "sunken"];
const TEXT = ["text", "muted", "accent", "good", "warn", "bad", "code-string", "code-word"];
const PAIRS = [
  ...TEXT.flatMap((text) => BACKGROUNDS.map((background) => [text, background] as const)),
  ["on-accent", "accent"] as const,
  ["on-accent-soft", "accent-soft"] as const,
  ["text", "bubble"] as const,
  ["muted", "bubble"] as const,
];

/** WCAG 2.2, "relative luminance". */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  const colour = (name: string) => tokens.get(name)?.[theme] ?? "";

  it.each(PAIRS)("shows %s on %s with a contrast of 4.5 or more (WCAG 1.4.3)", (text, background) => {
    expect(contrast(colour(text), colour(background))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(BACKGROUNDS)("draws edges of controls on %s with a contrast of 3 or more (WCAG 1.4.11)", (background) => {
    expect(contrast(colour("line-strong"), colour(background))).toBeGreaterThanOrEqual(3);
  });
});
