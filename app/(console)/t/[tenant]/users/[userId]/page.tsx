import type { Metadata } from "next";
import { UserPage } from "../../../../../../components/console/users/user-page.tsx";

export const metadata: Metadata = { title: "User" };

export default async function Page({ params }: { params: Promise<{ userId: string }> }) {
  return <UserPage userId={decodeURIComponent((await params).userId)} />;
}
