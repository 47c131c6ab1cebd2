import type { Metadata } from "next";
import Link from "next/link";
import { AuthCard, linkClass } from "../../../components/console/auth-card.tsx";
import { ownPath, withNext } from "../../../components/console/own-path.ts";
import { ProviderSignIn } from "../../../components/console/provider-sign-in.tsx";
import { providerFaultText } from "../../../components/console/sign-in.ts";
import { SignInForm } from "../../../components/console/sign-in-form.tsx";
import { webEnvironment } from "../../../server/auth/session.ts";

// The link in the address goes to nobody else.
export const metadata: Metadata = { title: "Sign in", referrer: "no-referrer" };

interface Props {
  /** `callbackUrl` is next-auth's word for `next`, with our origin before it. */
  searchParams: Promise<{ next?: string; link?: string; error?: string; callbackUrl?: string }>;
}

export default async function SignInPage({ searchParams }: Props) {
  const { next, link, error, callbackUrl } = await searchParams;
  const { baseUrl, provider } = webEnvironment();
  const path = ownPath(next ?? (callbackUrl?.startsWith(baseUrl) ? callbackUrl.slice(baseUrl.length) : undefined));
  return (
    <AuthCard
      title="Sign in"
      lead={link === undefined ? "To the console of your tenants." : "One press, and this browser is signed in."}
      footer={
        <>
          <Link href={withNext("/sign-up", path)} className={linkClass}>
            Make an account
          </Link>
          <Link href={withNext("/reset", path)} className={linkClass}>
            Forgotten password, or sign in by mail
          </Link>
        </>
      }
    >
      {error !== undefined && (
        <p role="alert" className="mb-5 text-bad text-sm leading-6">
          {providerFaultText(error, provider?.name)}
        </p>
      )}
      {provider && link === undefined && <ProviderSignIn name={provider.name} next={path} />}
      <SignInForm next={path} linkToken={link} />
    </AuthCard>
  );
}
