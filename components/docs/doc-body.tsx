import { Prose } from "../ui/prose.tsx";
import type { Way } from "./contents.ts";
import { headingId } from "./headings.ts";
import { type DocPage, loadOutput, loadPrograms, programLine } from "./library.ts";
import { resolveLink } from "./page-links.ts";
import { Programs, type Reader } from "./programs.tsx";

export interface DocBodyProps {
  page: DocPage;
  way: Way | undefined;
  reader: Reader;
  language: string | undefined;
}

/** A page's text, with its programs as tabs for the reader. */
export function DocBody({ page, way, reader, language }: DocBodyProps) {
  const guide = programLine.exec(page.source)?.[1];
  const [before = "", after] = guide
    ? page.source.split(programLine).filter((part) => part !== guide)
    : [page.markdown];
  const prose = (text: string) => (
    <Prose text={text} toHref={(href) => resolveLink(page.path, href, way)} toId={headingId} />
  );
  return (
    <>
      {prose(before)}
      {guide && (
        <Programs
          guide={guide}
          programs={loadPrograms(guide)}
          output={loadOutput(guide)}
          language={language}
          reader={reader}
        />
      )}
      {after && prose(after)}
    </>
  );
}
