import type { Metadata } from "next";
import { TemplatePage } from "../../../../../../components/console/templates/template-page.tsx";

export const metadata: Metadata = { title: "Template" };

export default async function Page({ params }: { params: Promise<{ name: string }> }) {
  return <TemplatePage name={decodeURIComponent((await params).name)} />;
}
