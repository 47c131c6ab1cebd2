import type { Metadata } from "next";
import Link from "next/link";
import { AuthCard, linkClass } from "../../../components/console/auth-card.tsx";
import { NewPasswordForm } from "../../../components/console/new-password-form.tsx";
import { ownPath, withNext } from "../../../components/console/own-path.ts";
import { RequestLinkForm } from "../../../components/console/request-link-form.tsx";

// The token in the address goes to nobody else.
export const metadata: Metadata = { title: "Forgotten password", referrer: "no-referrer" };

interface Props {
  searchParams: Promise<{ token?: string; next?: string }>;
}

export default async function ResetPage({ searchParams }: Props) {
  const { token, next } = await searchParams;
  const path = ownPath(next);
  const footer = (
    <Link href={withNext("/sign-in", path)} className={linkClass}>
      Sign in
    </Link>
  );
  if (token === undefined)
    return (
      <AuthCard title="Forgotten password" lead="A link by mail lets you in." footer={footer}>
        <RequestLinkForm next={path} />
      </AuthCard>
    );
  return (
    <AuthCard title="Set a new password" lead="Every browser is signed out then." footer={footer}>
      <NewPasswordForm token={token} next={path} />
    </AuthCard>
  );
}
