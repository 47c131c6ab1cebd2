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
  const guide = programLine.exec(page.text)?.[1];
  // Split by an expression with a group, every second part is the guide's name.
  const [before = "", , after] = page.text.split(programLine);
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
