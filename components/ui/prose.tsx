import { Children, Fragment, isValidElement, type ReactNode } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { Highlighted } from "./code.tsx";
import { CopyButton } from "./copy-button.tsx";

export interface ProseProps {
  text: string;
  /** What a link of the text leads to. */
  toHref: (href: string) => string;
  /** The id of a heading by its text; without it headings have none. */
  toId: (text: string) => string;
}

/** A Markdown text of ours as a page. Parsed to elements, never to HTML: markup of a text's own, a comment too, is left out. */
export function Prose({ text, toHref, toId }: ProseProps) {
  const components: Components = {
    h1: (props) => <h1 className="text-3xl font-semibold tracking-tight text-balance">{props.children}</h1>,
    h2: (props) => (
      <h2 id={toId(textOf(props.children))} className="mt-10 mb-3 text-xl font-semibold tracking-tight">
        {props.children}
      </h2>
    ),
    h3: (props) => (
      <h3 id={toId(textOf(props.children))} className="mt-6 mb-2 font-semibold">
        {props.children}
      </h3>
    ),
    a: (props) => (
      <a href={toHref(props.href ?? "")} className="text-accent underline underline-offset-2">
        {props.children}
      </a>
    ),
    ...plain,
  };
  return (
    <Markdown remarkPlugins={[remarkGfm]} components={components} skipHtml>
      {text}
    </Markdown>
  );
}

const plain: Components = {
  p: (props) => <p className="my-4 leading-7">{props.children}</p>,
  ul: (props) => <ul className="my-4 list-disc space-y-2 pl-6 leading-7">{props.children}</ul>,
  ol: (props) => <ol className="my-4 list-decimal space-y-2 pl-6 leading-7">{props.children}</ol>,
  blockquote: (props) => (
    <blockquote className="my-4 border-accent border-l-2 pl-4 text-muted">{props.children}</blockquote>
  ),
  code: (props) => (
    <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.875em] break-words">
      {breakable(props.children)}
    </code>
  ),
  pre: (props) => <CodeBlock source={textOf(props.children)} />,
  table: (props) => (
    <Scrolling label="Table">
      <table className="w-full text-left text-sm">{props.children}</table>
    </Scrolling>
  ),
  th: (props) => <th className="border-line border-b bg-sunken px-3 py-2 font-medium">{props.children}</th>,
  td: (props) => <td className="border-line border-b px-3 py-2 align-top leading-6">{props.children}</td>,
};

/** What is longer may be torn where the browser likes, rather than be wider than a telephone. */
const WHOLE_UP_TO = 28;

/** Long paths may go on in the next line behind a slash; a word, `?since={eventId}`, is not torn at its signs, where browsers would. */
function breakable(said: ReactNode): ReactNode {
  if (typeof said !== "string") return said;
  return [...said.matchAll(/\/*[^/\s]+\/*|\/+|\s+/g)].map(({ 0: part, index }) => (
    <Fragment key={index}>
      {/[^\w.\s]/.test(part) && part.length <= WHOLE_UP_TO ? <span className="whitespace-nowrap">{part}</span> : part}
      {part.endsWith("/") && <wbr />}
    </Fragment>
  ));
}

function CodeBlock({ source }: { source: string }) {
  return (
    <div className="relative">
      <Scrolling label="Code">
        <pre className="bg-sunken p-4 pr-12 font-mono text-[0.8125rem] leading-6">
          <code>
            <Highlighted source={source} />
          </code>
        </pre>
      </Scrolling>
      <div className="absolute top-2 right-2 rounded-lg bg-sunken">
        <CopyButton text={source} what="this code" />
      </div>
    </div>
  );
}

function textOf(node: ReactNode): string {
  return Children.toArray(node)
    .map((child) => {
      if (isValidElement<{ children?: ReactNode }>(child)) return textOf(child.props.children);
      return typeof child === "string" || typeof child === "number" ? String(child) : "";
    })
    .join("");
}

/** What is wider than the page scrolls by itself, by keyboard too. */
function Scrolling({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard (WCAG 2.1.1)
    <section aria-label={label} tabIndex={0} className="my-6 overflow-x-auto rounded-xl border border-line">
      {children}
    </section>
  );
}
