import type { Metadata } from "next";
import Link from "next/link";
import { AuthCard, linkClass } from "../../../components/console/auth-card.tsx";
import { NewPasswordForm } from "../../../components/console/new-password-form.tsx";
import { RequestLinkForm } from "../../../components/console/request-link-form.tsx";

// The token in the address goes to nobody else.
export const metadata: Metadata = { title: "Forgotten password", referrer: "no-referrer" };

export default async function ResetPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token } = await searchParams;
  const footer = (
    <Link href="/sign-in" className={linkClass}>
      Sign in
    </Link>
  );
  if (token === undefined)
    return (
      <AuthCard title="Forgotten password" lead="A link by mail lets you in." footer={footer}>
        <RequestLinkForm />
      </AuthCard>
    );
  return (
    <AuthCard title="Set a new password" lead="Every browser is signed out then." footer={footer}>
      <NewPasswordForm token={token} />
    </AuthCard>
  );
}
