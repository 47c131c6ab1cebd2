import type { Metadata } from "next";
import { DocsPage } from "./docs-page.tsx";

export const metadata: Metadata = {
  title: "Documentation",
  alternates: { types: { "text/markdown": "/docs.md" } },
};

interface Props {
  searchParams: Promise<{ way?: string }>;
}

export default async function Page({ searchParams }: Props) {
  return <DocsPage path="guides/overview" way={(await searchParams).way} />;
}
