import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contrast } from "./contrast.ts";

const css = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");
const [usual = "", more = ""] = css.split("@media (prefers-contrast: more)");
const tokens = tokensOf(usual);
const stronger = new Map([...tokens, ...tokensOf(more)]);

function tokensOf(part: string) {
  const values = part.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/gu);
  return new Map([...values].map(([, name, light = "", dark = ""]) => [name, { light, dark }]));
}

const BACKGROUNDS = ["bg", "surface", "sunken"];
const TEXT = ["text", "muted", "accent", "good", "warn", "bad", "code-string", "code-word"];
const PAIRS = [
  ...TEXT.flatMap((text) => BACKGROUNDS.map((background) => [text, background] as const)),
  ["on-accent", "accent"] as const,
  ["on-accent-soft", "accent-soft"] as const,
  ["text", "bubble"] as const,
  ["muted", "bubble"] as const,
];

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  const colour = (name: string) => tokens.get(name)?.[theme] ?? "";

  it.each(PAIRS)("shows %s on %s with a contrast of 4.5 or more (WCAG 1.4.3)", (text, background) => {
    expect(contrast(colour(text), colour(background))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(BACKGROUNDS)("draws edges of controls on %s with a contrast of 3 or more (WCAG 1.4.11)", (background) => {
    expect(contrast(colour("line-strong"), colour(background))).toBeGreaterThanOrEqual(3);
  });

  it.each(BACKGROUNDS)("has 7 for text (WCAG 1.4.6) and 4.5 for edges on %s where more is asked for", (background) => {
    const onIt = (name: string) => contrast(stronger.get(name)?.[theme] ?? "", stronger.get(background)?.[theme] ?? "");
    for (const text of ["text", "muted", "accent", "good", "warn", "bad"]) expect(onIt(text), text).toBeGreaterThan(7);
    expect(onIt("line-strong")).toBeGreaterThanOrEqual(4.5);
  });
});
