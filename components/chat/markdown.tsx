import { lazy, memo, Suspense } from "react";
import { untilLoaded } from "../ui/until-loaded.ts";

// The parser is as large as all the rest of a chat, and most messages need none.
const Markup = lazy(untilLoaded(() => import("./markup.tsx")));

/** Text in which nothing can be markup needs no parser: most messages are that, and lists of thousands scroll by it. */
const PLAIN = /^[\p{L}\p{N}\p{Emoji_Presentation} .,;:?!'"’“”()%€$…–—/-]*$/u;
const MARKUP_AT_START = /^\s*(-|\d+[.)])\s|https?:|www\./u;
const EMOJI_ONLY = /^(\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\u200D|\s){1,12}$/u;

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  if (EMOJI_ONLY.test(text)) return <p className="text-3xl leading-10">{text}</p>;
  if (PLAIN.test(text) && !MARKUP_AT_START.test(text)) return <p>{text}</p>;
  return (
    <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
      <Markup text={text} />
    </Suspense>
  );
});
