import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { AccountPanel } from "../../../components/console/account-panel.tsx";
import { AuthCard, linkClass } from "../../../components/console/auth-card.tsx";
import { webEnvironment } from "../../../server/auth/session.ts";
import { askOperation } from "../../ask-api.ts";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  const [account, sessions] = await Promise.all([
    askOperation("account.get", {}),
    askOperation("account.listSessions", {}),
  ]);
  if (!account) redirect("/sign-in");
  return (
    <AuthCard
      title="Your account"
      lead={account.email}
      footer={
        account.installationOwner && (
          <Link href="/installation" className={linkClass}>
            Every tenant of this installation
          </Link>
        )
      }
    >
      <AccountPanel
        account={{ ...account, provider: webEnvironment().provider?.name }}
        sessions={sessions?.data ?? []}
      />
    </AuthCard>
  );
}
