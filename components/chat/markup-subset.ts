import { partsOf } from "./mention-text.ts";

/** What a message cannot have is not parsed, so that it stays the text that was written: HTML, headings, footnotes. */
const NOT_PARSED = [
  "htmlFlow",
  "htmlText",
  "headingAtx",
  "setextUnderline",
  "thematicBreak",
  "definition",
  "tasklistCheck",
  "gfmFootnoteCall",
  "gfmFootnoteDefinition",
  "gfmPotentialFootnoteCall",
];

/** As much of a node of the parser as is looked at here. */
interface Node {
  type: string;
  tagName?: string;
  properties?: object;
  value?: string;
  url?: string;
  alt?: string | null;
  ordered?: boolean | null;
  lang?: string | null;
  meta?: string | null;
  align?: (string | null)[] | null;
  children?: Node[];
  position?: { start: { offset?: number }; end: { offset?: number } };
  data?: unknown;
}

/** Of Markdown what a message may have; whatever else it says is shown as it was written. */
export function remarkSubset(this: { data: () => object }) {
  const data = this.data() as { micromarkExtensions?: unknown[] };
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { disable: { null: NOT_PARSED } }];
  return (tree: Node, file: { toString: () => string }) => keepWords(tree, String(file), false);
}

function keepWords(parent: Node, source: string, isInLink: boolean): void {
  parent.children = parent.children?.map((node) => {
    keepWords(node, source, isInLink || node.type === "link");
    if (node.type === "list" && node.ordered) keepNumbers(node.children ?? [], source);
    if (node.type === "table") keepCells(node);
    // Who begins their code behind the fence means more than a language.
    if (node.type === "code" && node.meta) return { ...node, value: `${node.lang} ${node.meta}\n${node.value}` };
    // A break of the parser's has a line end behind it, which in a bubble is a second one.
    if (node.type === "break") return { type: "lineEnd", data: { hName: "br" } };
    if (node.type !== "link" && node.type !== "image") return node;
    const { url = "" } = node;
    // `vector<std::string>` looks like one: without a place of its own to go to it is no link.
    if (!leadsSomewhere(url)) return { type: "text", value: writtenAs(node, source) ?? wordsOf(node) };
    const words = wordsOf(node).trim() === "" ? [{ type: "text", value: url }] : undefined;
    if (node.type === "link") return words ? { ...node, children: words } : node;
    // A picture is not loaded, which would tell others who reads: it is a link to it.
    const [alt] = words ?? [{ type: "text", value: node.alt ?? "" }];
    return isInLink && alt ? alt : { type: "link", url, children: alt ? [alt] : [] };
  });
}

/** A list counts on from its first number; one that was counted otherwise, down for example, keeps its numbers. */
function keepNumbers(items: Node[], source: string): void {
  const numbers = items.map((item) => Number.parseInt(writtenAs(item, source) ?? "", 10));
  const [first = 1] = numbers;
  // The same number before each leaves the counting to the list.
  if (numbers.every((number, at) => number === first + at) || numbers.every((number) => number === first)) return;
  for (const [at, item] of items.entries()) item.data = { hProperties: { value: numbers[at] } };
}

/** Those beyond the head of their table as well. */
function keepCells(table: Node): void {
  const width = Math.max(...(table.children ?? []).map(({ children = [] }) => children.length));
  table.align = Array.from({ length: width }, (_, at) => table.align?.[at] ?? null);
}

/** Elsewhere: a part of an address, `/settings` for example, would be one of the host that the chat is on. */
function leadsSomewhere(url: string): boolean {
  return /^(https?:\/\/[^/]|mailto:.)/iu.test(url);
}

function writtenAs({ position }: Node, source: string): string | undefined {
  return position && source.slice(position.start.offset, position.end.offset);
}

function wordsOf(node: Node): string {
  return node.value ?? node.alt ?? node.children?.map(wordsOf).join("") ?? "";
}

/** Marks around nothing, a lone ">" for example, are what was said. */
export function rehypeNeverEmpty() {
  return (tree: Node, file: { toString: () => string }) => {
    if (wordsOf(tree).trim() !== "") return;
    const source = { type: "text", value: String(file) };
    tree.children = [Object.assign({ type: "element", children: [source] }, { tagName: "p", properties: {} })];
  };
}

/** Names of people behind an @, in elements of their own; code and links stay as they are. */
export function rehypeMentions(names: readonly string[]) {
  return (tree: Node) => markNames(tree, names);
}

function markNames(parent: Node, names: readonly string[]): void {
  parent.children = parent.children?.flatMap((node) => {
    if (node.tagName !== "code" && node.tagName !== "a") markNames(node, names);
    if (node.type !== "text") return node;
    return partsOf(node.value ?? "", names).map(({ text, name }): Node => {
      const words: Node = { type: "text", value: text };
      return name === undefined ? words : { type: "element", tagName: "span", properties: {}, children: [words] };
    });
  });
}
