import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { type Account, AccountPanel, type ConsoleSession } from "../../../components/console/account-panel.tsx";
import { askConsole } from "../../../components/console/ask-api.ts";
import { AuthCard } from "../../../components/console/auth-card.tsx";
import { webEnvironment } from "../../../server/auth/session.ts";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  const [account, sessions] = await Promise.all([
    askConsole<Account>("/account"),
    askConsole<{ data: ConsoleSession[] }>("/account/sessions"),
  ]);
  if (!account) redirect("/sign-in");
  return (
    <AuthCard title="Your account" lead={account.email}>
      <AccountPanel
        account={{ ...account, provider: webEnvironment().provider?.name }}
        sessions={sessions?.data ?? []}
      />
    </AuthCard>
  );
}
