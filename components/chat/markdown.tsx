import { Component, lazy, memo, type ReactNode, Suspense } from "react";
import { untilLoaded } from "../ui/until-loaded.ts";
import { Mention } from "./mention.tsx";
import { partsOf } from "./mention-text.ts";

// The parser is as large as all the rest of a chat, and most messages need none.
const Markup = lazy(untilLoaded(() => import("./markup.tsx")));

/** Text in which nothing can be markup needs no parser: most messages are that, and lists of thousands scroll by it. */
const PLAIN = /^[\p{L}\p{N}\p{Emoji_Presentation} .,;:?!'"’“”()%€$…–—/-]*$/u;
const MARKUP_AT_START = /^\s*(-|\d+[.)])\s|https?:|www\./u;
const EMOJI_ONLY = /^(\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\u200D|\s){1,12}$/u;

/** Fifty quotations or lists in one another: nobody means them, and the parser's stack ends with some thousands. */
const NESTED = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])[ \t])){50}/mu;

/** A message that the parser fails at is shown as it was written, and takes nothing else away. */
class MarkupBoundary extends Component<{ fallback: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}

export interface MarkdownProps {
  text: string;
  /** Names that are marked where they stand behind an @, a line each. */
  mentioned?: string;
}

export const Markdown = memo(function Markdown({ text, mentioned = "" }: MarkdownProps) {
  if (EMOJI_ONLY.test(text)) return <p className="text-3xl leading-10">{text}</p>;
  const names = mentioned.split("\n");
  const parts = partsOf(text, names);
  const isPlain = parts.every(({ text, name }) => name !== undefined || PLAIN.test(text));
  if (isPlain && !MARKUP_AT_START.test(text))
    return (
      <p>
        {parts.map(({ text, name }, at) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: the same name may stand there twice
          name === undefined ? text : <Mention key={at}>{text}</Mention>,
        )}
      </p>
    );
  const asWritten = <p className="whitespace-pre-wrap">{text}</p>;
  if (NESTED.test(text)) return asWritten;
  return (
    <MarkupBoundary key={text} fallback={asWritten}>
      <Suspense fallback={asWritten}>
        <Markup text={text} names={names} />
      </Suspense>
    </MarkupBoundary>
  );
});
