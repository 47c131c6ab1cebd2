import type { Metadata } from "next";
import { ChatsPage } from "../../../../../components/console/chats/chats-page.tsx";

export const metadata: Metadata = { title: "Chats" };

export default function Page() {
  return <ChatsPage />;
}
