import { mix, readable } from "./contrast.ts";

/** Of the service itself; its shades are in globals.css. */
const own = "#0b6b62";
const [white, black] = ["#ffffff", "#000000"];
/** What accents stand on: of each theme the background that makes it hardest to read them. */
const light = { hardest: "#f0f2f1", soft: 0.86 };
const dark = { surface: "#13161a", hardest: "#1f252a", soft: 0.8 };

/**
 * A tenant's colour as the tokens of both themes: as near to it as can be read. Undefined for the service's own, and for what is no
 * `#rrggbb`.
 */
export function brandColours(colour: string): Record<string, string> | undefined {
  if (colour.toLowerCase() === own || !/^#[0-9a-f]{6}$/i.test(colour)) return undefined;
  const accent = [readable(colour, light.hardest, black), readable(colour, dark.hardest, white)] as const;
  const soft = [mix(colour, white, light.soft), mix(colour, dark.surface, dark.soft)] as const;
  const both = ([one, other]: readonly [string, string]) => `light-dark(${one}, ${other})`;
  return {
    "--accent": both(accent),
    "--on-accent": both([white, readable(accent[1], accent[1], black)]),
    "--accent-soft": both(soft),
    "--on-accent-soft": both([readable(accent[0], soft[0], black), readable(accent[1], soft[1], white)]),
  };
}
