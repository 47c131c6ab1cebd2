import { expect, test } from "vitest";
import { brandColours } from "./brand-colours.ts";
import { contrast } from "./contrast.ts";

const nasty = ["#ffff00", "#ffffff", "#000000", "#ff0000", "#7f7f7f", "#00ff00", "#0000ff", "#aa0011", "#C0FFEE"];

/** Token → its value in a theme. */
function shades(colour: string, theme: 0 | 1): Record<string, string> {
  const tokens = brandColours(colour) ?? {};
  return Object.fromEntries(
    Object.entries(tokens).map(([name, value]) => [name, value.match(/#[0-9a-f]{6}/g)?.[theme] ?? ""]),
  );
}

test.each(nasty)("%s becomes shades that can be read in both themes (WCAG 1.4.3)", (colour) => {
  const backgrounds = [
    ["#fbfbfa", "#ffffff", "#f3f4f3", "#f0f2f1"],
    ["#0c0e10", "#13161a", "#0f1215", "#1f252a"],
  ];
  for (const theme of [0, 1] as const) {
    const tokens = shades(colour, theme);
    for (const background of backgrounds[theme] ?? [])
      expect(contrast(tokens["--accent"] ?? "", background)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(tokens["--on-accent"] ?? "", tokens["--accent"] ?? "")).toBeGreaterThanOrEqual(4.5);
    expect(contrast(tokens["--on-accent-soft"] ?? "", tokens["--accent-soft"] ?? "")).toBeGreaterThanOrEqual(4.5);
  }
});

test("a colour that reads well stays what it is", () => {
  expect(shades("#aa0011", 0)["--accent"]).toBe("#aa0011");
});

test("the service's own colour, and what is none, change nothing", () => {
  expect(brandColours("#0B6B62")).toBeUndefined();
  expect(brandColours("red;}body{display:none")).toBeUndefined();
});
