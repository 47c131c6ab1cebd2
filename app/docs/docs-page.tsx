import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import { CopyPage } from "../../components/docs/copy-page.tsx";
import { DocBody } from "../../components/docs/doc-body.tsx";
import { DocsFrame } from "../../components/docs/docs-frame.tsx";
import { headingsOf } from "../../components/docs/headings.ts";
import { LANGUAGE_COOKIE } from "../../components/docs/language.ts";
import { loadPages, programLine, wayOf } from "../../components/docs/library.ts";
import { hrefOf, neighbours } from "../../components/docs/page-links.ts";
import { parseTheme, THEME_COOKIE } from "../../components/ui/theme.ts";
import { findReader } from "./find-reader.ts";

/** One Markdown page of docs/ for whoever reads it. Anything else is not found, whatever the address tries. */
export async function DocsPage({ path, way: wanted }: { path: string; way: string | undefined }) {
  const page = loadPages().get(path);
  if (!page) notFound();
  const jar = await cookies();
  const opened = /^guides\/path-(.+)$/.exec(path)?.[1];
  const way = wayOf(opened ?? wanted);
  return (
    <DocsFrame
      theme={parseTheme(jar.get(THEME_COOKIE)?.value)}
      current={hrefOf(path)}
      headings={headingsOf(page.source)}
      {...neighbours(path, way)}
    >
      <CopyPage path={path} />
      <DocBody
        page={page}
        way={way}
        reader={programLine.test(page.source) ? await findReader() : { kind: "stranger" }}
        language={jar.get(LANGUAGE_COOKIE)?.value}
      />
    </DocsFrame>
  );
}
