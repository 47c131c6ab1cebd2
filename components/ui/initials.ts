/** What a reader takes for one letter: with its marks, a flag, an emoji that is joined of several. Not every browser has `Intl.Segmenter`. */
const LETTER = /^(?:\p{RI}{2}|.[\p{M}\p{EMod}]*(?:\u{200D}.[\p{M}\p{EMod}]*)*)/su;

/** The first letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.match(LETTER)?.[0] ?? "");
  return letters.join("").toUpperCase() || "?";
}
