import type { Metadata } from "next";
import Link from "next/link";
import { AcceptForm } from "../../../../components/console/accept-form.tsx";
import { AuthCard, linkClass } from "../../../../components/console/auth-card.tsx";
import { ProviderSignIn } from "../../../../components/console/provider-sign-in.tsx";
import { webEnvironment } from "../../../../server/auth/session.ts";
import { askOperation } from "../../../ask-api.ts";

export const metadata: Metadata = { title: "Invitation" };

export default async function InvitePage({ params }: { params: Promise<{ token: string }> }) {
  const token = decodeURIComponent((await params).token);
  const [invitation, account] = await Promise.all([
    askOperation("people.getInvitation", { token }),
    askOperation("account.get", {}),
  ]);
  if (!invitation)
    return (
      <AuthCard title="This invitation is over">
        <p className="text-sm leading-6">It was used, taken back, or is older than 7 days. Ask for another.</p>
      </AuthCard>
    );
  const { tenantName, email, role, invitedBy, hasAccount } = invitation;
  const signedIn = account?.email === email;
  const here = `/invite/${encodeURIComponent(token)}`;
  const { provider } = webEnvironment();
  return (
    <AuthCard title={tenantName} lead={`${invitedBy ?? "Somebody"} invites ${email} to run it, as ${role}.`}>
      {hasAccount && !signedIn ? (
        <p className="text-sm leading-6">
          There is an account with this address:{" "}
          <Link href={`/sign-in?next=${encodeURIComponent(here)}`} className={linkClass}>
            sign in
          </Link>{" "}
          and come back.
        </p>
      ) : (
        <>
          {provider && !signedIn && <ProviderSignIn name={provider.name} next={here} />}
          <AcceptForm token={token} email={email} signedIn={signedIn} />
        </>
      )}
    </AuthCard>
  );
}
