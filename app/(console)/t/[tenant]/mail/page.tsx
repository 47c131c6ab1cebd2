import type { Metadata } from "next";
import { CaughtMails } from "../../../../../components/console/caught-mails.tsx";

export const metadata: Metadata = { title: "Caught mail", robots: "noindex" };

/** Mail of a tenant that has no mail server, as it would have gone out. */
export default async function CaughtMailPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  return (
    <main className="mx-auto max-w-6xl px-4 py-8 sm:px-6">
      <h1 className="text-2xl font-semibold tracking-tight">Caught mail</h1>
      <p className="mt-1.5 text-sm text-muted">
        There is no mail server: what would have been sent is kept here, the newest 200 mails of a week.
      </p>
      <CaughtMails tenant={decodeURIComponent(tenant)} />
    </main>
  );
}
