import type { Metadata } from "next";
import Link from "next/link";
import { AuthCard, linkClass } from "../../../components/console/auth-card.tsx";
import { ownPath } from "../../../components/console/own-path.ts";
import { SignInForm } from "../../../components/console/sign-in-form.tsx";

// The link in the address goes to nobody else.
export const metadata: Metadata = { title: "Sign in", referrer: "no-referrer" };

interface Props {
  searchParams: Promise<{ next?: string; link?: string }>;
}

export default async function SignInPage({ searchParams }: Props) {
  const { next, link } = await searchParams;
  return (
    <AuthCard
      title="Sign in"
      lead={link === undefined ? "To the console of your tenants." : "One press, and this browser is signed in."}
      footer={
        <>
          <Link href="/sign-up" className={linkClass}>
            Make an account
          </Link>
          <Link href="/reset" className={linkClass}>
            Forgotten password, or sign in by mail
          </Link>
        </>
      }
    >
      <SignInForm next={ownPath(next)} linkToken={link} />
    </AuthCard>
  );
}
