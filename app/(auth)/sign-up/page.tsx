import type { Metadata } from "next";
import Link from "next/link";
import { AuthCard, linkClass } from "../../../components/console/auth-card.tsx";
import { ownPath, withNext } from "../../../components/console/own-path.ts";
import { ProviderSignIn } from "../../../components/console/provider-sign-in.tsx";
import { SignUpForm } from "../../../components/console/sign-up-form.tsx";
import { webEnvironment } from "../../../server/auth/session.ts";
import { askOperation } from "../../ask-api.ts";

export const metadata: Metadata = { title: "Sign up" };

interface Props {
  /** `next` is for whoever has an account after all: a new one is taken to its own tenant. */
  searchParams: Promise<{ claim?: string; next?: string }>;
}

export default async function SignUpPage({ searchParams }: Props) {
  const { claim, next } = await searchParams;
  const may = await askOperation("people.getSignUp", claim === undefined ? {} : { claim });
  const { provider } = webEnvironment();
  const footer = (
    <Link href={withNext("/sign-in", ownPath(next))} className={linkClass}>
      I have an account
    </Link>
  );
  if (may?.claim === "over")
    return (
      <AuthCard title="This claim is over" footer={footer}>
        <p className="text-sm leading-6">It is good once and for an hour. Start Parley again: it prints another.</p>
      </AuthCard>
    );
  if (may?.signUp === "invite" && may.claim !== "good")
    return (
      <AuthCard title="By invitation" footer={footer}>
        <p className="text-sm leading-6">Ask somebody who runs a tenant here to invite you.</p>
      </AuthCard>
    );
  return (
    <AuthCard
      title={claim ? "Claim this installation" : "Sign up"}
      lead={claim ? "You become its owner, and make its first tenant." : "An account, and a tenant of your own."}
      footer={footer}
    >
      {provider && !claim && <ProviderSignIn name={provider.name} next="/t" />}
      <SignUpForm claim={claim} />
    </AuthCard>
  );
}
