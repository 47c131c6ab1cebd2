import type { Metadata } from "next";
import { TopicPage } from "../../../../../../components/console/topics/topic-page.tsx";

export const metadata: Metadata = { title: "Topic" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <TopicPage id={decodeURIComponent((await params).id)} />;
}
