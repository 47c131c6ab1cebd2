import type { Metadata } from "next";
import { MailPage } from "../../../../../components/console/mail/mail-page.tsx";

export const metadata: Metadata = { title: "Caught mail" };

export default function Page() {
  return <MailPage />;
}
