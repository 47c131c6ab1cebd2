import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import Markup from "./markup.tsx";

const shown = (text: string) => renderToStaticMarkup(createElement(Markup, { text }));
/** What a reader reads. */
const words = (text: string) =>
  shown(text)
    .replaceAll(/<[^>]*>/gu, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&amp;", "&")
    .trim();

test.each([
  "Use List<String> for it",
  "hello <name>, welcome",
  "<script>",
  "<script>alert(1)</script>",
  "<!-- todo -->",
  "<div>\nin a block\n</div>",
  "vector<std::string> of <b>them</b>",
  "[x]: https://foo.example",
  "[Ada]: hi\n[Ada]: are you there?",
  "[^1]: a note",
  "a note[^1]\n[^1]: that says so",
  "# of people: 5",
  "#",
  "a\n---",
  "***",
  "* * *",
  ">",
  "```",
  "open from 10~12 and 14~16",
  "[press](javascript:alert(1))",
  "[x](/settings)",
  "[x](settings)",
  "[x](?chat=1)",
  "[x](#top)",
  "[x](//other.example/y)",
  "[x](https:/settings)",
  "![x](/y.png)",
  "[**so**](/settings) and cells[i](j)",
])("what is no markup is shown as it was written: %j", (text) => {
  expect(words(text)).toBe(text);
});

test("what is markup is shown as such", () => {
  expect(shown("**bold** and `code<T>`")).toMatch(/<strong>bold<\/strong> and <code [^>]*>code&lt;T&gt;<\/code>/u);
  expect(shown("~~gone~~")).toContain("<del>gone</del>");
  expect(shown("> said")).toContain("<blockquote");
  expect(shown("| a |\n| --- |\n| b |")).toMatch(/<th>a<\/th>.*<td>b<\/td>/su);
  expect(shown("[here](https://x.example/y)")).toMatch(/<a href="https:\/\/x.example\/y"[^>]*>here<\/a>/u);
  expect(words("| a |\n| --- |\n| b | c |")).toMatch(/^a\s*b\s*c$/u);
  expect(words("```const x = 1;\nrun(x)")).toBe("const x = 1;\nrun(x)");
  expect(words("```ts\nrun(x)\n```")).toBe("run(x)");
  expect(shown("see https://x.example")).toContain('<a href="https://x.example"');
  expect(shown("[](https://x.example)")).toMatch(/<a [^>]*>https:\/\/x.example<\/a>/u);
});

test("mail is written to by a link", () => {
  expect(shown("[Ada](mailto:ada@x.example)")).toContain('<a href="mailto:ada@x.example"');
  expect(shown("write to ada@x.example")).toContain('<a href="mailto:ada@x.example"');
});

test("a line ends once, however one says so: what is in a paragraph keeps its line ends", () => {
  expect(shown("one\ntwo")).toMatch(/>one\ntwo<\/p>/u);
  expect(shown("one  \ntwo")).toMatch(/>one<br\/>two<\/p>/u);
  expect(shown("one\\\ntwo")).toMatch(/>one<br\/>two<\/p>/u);
  expect(shown("- one  \n  two")).toMatch(/<li>one<br\/>two<\/li>/u);
});

test("a mention is marked wherever text is, but for code and links", () => {
  const names = ["Ben", "Ada *L*"];
  const marked = (text: string) =>
    [...renderToStaticMarkup(createElement(Markup, { text, names })).matchAll(/<span[^>]*>(.*?)<\/span>/gu)].map(
      ([, name]) => name,
    );
  expect(marked("- **ask @Ben**\n- and @Ben, not @Bennet")).toEqual(["@Ben", "@Ben"]);
  expect(marked("`@Ben` [@Ben](https://x.example) <span>@Ada</span>")).toEqual([]);
  expect(marked("```\n@Ben\n```")).toEqual([]);
  expect(shown("_@Ben_")).not.toContain("<span");
});

test("a list keeps its numbers, and what is ticked in it", () => {
  expect(shown("5. Bring the tickets")).toContain('<ol start="5"');
  expect(shown("2024. What a year")).toContain('<ol start="2024"');
  expect(shown("3. Carla\n2. Ben\n1. Ada")).toMatch(/value="3">Carla.*value="2">Ben.*value="1">Ada/su);
  expect(shown("1. Ada\n2. Ben")).not.toContain("value=");
  expect(shown("1. Ada\n1. Ben")).not.toContain("value=");
  expect(words("- [x] done\n- [ ] open")).toMatch(/^\[x\] done\s+\[ \] open$/u);
});

test("a picture is a link to it and is not loaded", () => {
  expect(shown("![diagram](https://x.example/y.png)")).toMatch(
    /<a href="https:\/\/x.example\/y.png"[^>]*>diagram<\/a>/u,
  );
  expect(shown("![](https://x.example/y.png)")).toMatch(/<a [^>]*>https:\/\/x.example\/y.png<\/a>/u);
  expect(shown("[![badge](https://x.example/y.png)](https://x.example)").match(/<a /gu)).toHaveLength(1);
  expect(words("![dot](data:image/png;base64,AA)")).toBe("![dot](data:image/png;base64,AA)");
});

test.each([
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  '<a href="javascript:alert(1)">x</a>',
  "<iframe src=https://x.example></iframe>",
  "<style>p{display:none}</style>",
  "![x](https://x.example/y.png)",
  "![x](javascript:alert(1))",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt&colon;alert(1))",
  "[x](data:text/html,x)",
  "<javascript:alert(1)>",
])("nothing of it runs or is loaded: %j", (text) => {
  expect(shown(text)).not.toMatch(/<(?!\/?(div|p|a)\b)|href="(?!https:)|<[^>]* (src|on\w+)=/iu);
});
