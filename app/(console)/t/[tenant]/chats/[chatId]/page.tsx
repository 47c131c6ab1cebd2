import type { Metadata } from "next";
import { ChatPage } from "../../../../../../components/console/chats/chat-page.tsx";

export const metadata: Metadata = { title: "Chat" };

export default async function Page({ params }: { params: Promise<{ chatId: string }> }) {
  return <ChatPage chatId={(await params).chatId} />;
}
