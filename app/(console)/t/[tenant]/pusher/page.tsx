import type { Metadata } from "next";
import { PusherPage } from "../../../../../components/console/pusher/pusher-page.tsx";

export const metadata: Metadata = { title: "Pusher app" };

export default function Page() {
  return <PusherPage />;
}
