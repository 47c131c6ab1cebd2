export interface Piece {
  at: number;
  text: string;
  kind: "comment" | "string" | "word" | "plain";
}

const WORDS = [
  "import from const let new await async export function return type interface for while if else throw try catch true false", // TypeScript
  "def with as in not raise except yield print None True False lambda", // Python
  "using var string bool int static public class null is out foreach", // C#
  "curl npm npx node echo local until do done then fi bash dotnet", // shell
]
  .flatMap((line) => line.split(" "))
  .join("|");

// Enough colour for our own short programs; a highlighter library would outweigh the page.
const TOKEN = new RegExp(
  String.raw`(?<comment>(?:^|(?<=\s))(?:#(?!!)|//).*$|/\*\*.*?\*/)|(?<string>"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|${"`"}[^${"`"}]*${"`"})|(?<word>(?<![\w.$-])(?:${WORDS})(?![\w-]))`,
  "gmu",
);

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
