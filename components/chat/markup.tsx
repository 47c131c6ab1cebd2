import ReactMarkdown, { type Components, type Options } from "react-markdown";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import { rehypeMentions, rehypeNeverEmpty, remarkSubset } from "./markup-subset.ts";
import { Mention } from "./mention.tsx";

/** A subset: no pictures (they would call other origins), no raw HTML, no headings that break the page's outline. */
const schema = {
  ...defaultSchema,
  tagNames: [
    "p",
    "br",
    "strong",
    "em",
    "del",
    "code",
    "pre",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
  ],
  attributes: {
    a: ["href"],
    code: [["className", /^language-./]],
    ol: ["start"],
    li: ["value"],
    th: ["align"],
    td: ["align"],
  },
  protocols: { href: ["http", "https", "mailto"] },
} satisfies typeof defaultSchema;

const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="underline underline-offset-2">
      {children}
    </a>
  ),
  p: ({ children }) => <p className="whitespace-pre-wrap">{children}</p>,
  ul: ({ children }) => <ul className="list-disc pl-5">{children}</ul>,
  ol: ({ children, start }) => (
    // Of its own width, or a year before its dot would stand outside the bubble.
    <ol
      start={start}
      className="list-decimal"
      style={{ paddingLeft: `max(1.25rem, ${String(start ?? 1).length + 2}ch)` }}
    >
      {children}
    </ol>
  ),
  // What somebody writes makes none.
  span: ({ children }) => <Mention>{children}</Mention>,
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <pre tabIndex={0} className="my-1 overflow-x-auto rounded-lg bg-sunken p-2 font-mono text-text text-xs leading-5">
      {children}
    </pre>
  ),
  code: ({ children }) => <code className="font-mono text-[0.85em]">{children}</code>,
  blockquote: ({ children }) => <blockquote className="border-current/30 border-l-2 pl-2">{children}</blockquote>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <div tabIndex={0} className="overflow-x-auto">
      <table className="text-xs [&_td]:border [&_td]:border-line [&_td]:px-2 [&_th]:border [&_th]:border-line [&_th]:px-2">
        {children}
      </table>
    </div>
  ),
};

// One wave stands between two numbers as well: 10~12.
const remark: Options["remarkPlugins"] = [[remarkGfm, { singleTilde: false }], remarkSubset];
const rehype = (names: readonly string[]): Options["rehypePlugins"] => [
  [rehypeSanitize, schema],
  rehypeNeverEmpty,
  [rehypeMentions, names],
];

export default function Markup({ text, names = [] }: { text: string; names?: readonly string[] }) {
  return (
    <div className="space-y-1 [overflow-wrap:anywhere]">
      <ReactMarkdown remarkPlugins={remark} rehypePlugins={rehype(names)} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
