import type { Metadata } from "next";
import { loadPages } from "../../../components/docs/library.ts";
import { DocsPage } from "../docs-page.tsx";

interface Props {
  params: Promise<{ path: string[] }>;
  searchParams: Promise<{ way?: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const path = (await params).path.join("/");
  const title = loadPages().get(path)?.title;
  return { title, alternates: { types: { "text/markdown": `/docs/${path}.md` } } };
}

export default async function Page({ params, searchParams }: Props) {
  return <DocsPage path={(await params).path.join("/")} way={(await searchParams).way} />;
}
