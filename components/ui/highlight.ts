export interface Piece {
  at: number;
  text: string;
  kind: "comment" | "string" | "word" | "plain";
}

// Enough colour for our own short shell and TypeScript snippets; a highlighter library would outweigh the page.
const TOKEN =
  /(?<comment>(?:^|(?<=\s))(?:#|\/\/).*$)|(?<string>"[^"\n]*"|'[^'\n]*'|`[^`]*`)|(?<word>\b(?:import|from|const|new|await|async|export|curl|npm|node)\b)/gmu;

export function highlight(source: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    if (match.index > end) pieces.push({ at: end, text: source.slice(end, match.index), kind: "plain" });
    pieces.push({ at: match.index, text: match[0], kind: kindOf(match.groups) });
    end = match.index + match[0].length;
  }
  if (end < source.length) pieces.push({ at: end, text: source.slice(end), kind: "plain" });
  return pieces;
}

function kindOf(groups: Record<string, string | undefined> | undefined): Piece["kind"] {
  if (groups?.comment !== undefined) return "comment";
  return groups?.string !== undefined ? "string" : "word";
}
