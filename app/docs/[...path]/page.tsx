import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metadata } from "next";
import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import { Header } from "../../../components/site/header.tsx";
import { Prose } from "../../../components/ui/prose.tsx";
import { parseTheme, THEME_COOKIE } from "../../../components/ui/theme.ts";

interface Props {
  params: Promise<{ path: string[] }>;
}

const folder = join(process.cwd(), "docs");

/** Pages are the Markdown files of docs/, one folder deep; anything else is not found, whatever the address tries. */
function pages(): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of ["", "errors", "protocols"]) {
    for (const name of readdirSync(join(folder, part))) {
      if (name.endsWith(".md")) found.set(join(part, name.slice(0, -3)), join(folder, part, name));
    }
  }
  return found;
}

async function read({ params }: Props): Promise<string> {
  const file = pages().get((await params).path.join("/"));
  if (!file) notFound();
  return readFileSync(file, "utf8");
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const title = /^# (.+)$/m.exec(await read(props))?.[1]?.replaceAll("`", "");
  return { title };
}

export default async function Page(props: Props) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <>
      <Header theme={theme} sections={[]} />
      <main className="mx-auto max-w-3xl px-4 py-10 sm:px-6">
        <Prose text={await read(props)} />
      </main>
    </>
  );
}
