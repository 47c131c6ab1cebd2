import Link from "next/link";
import { AuthCard, linkClass } from "./auth-card.tsx";
import type { Account } from "./trpc.ts";

/** Says the same of a tenant of others and of one that does not exist. */
export function NotAMember({ account }: { account: Account }) {
  return (
    <AuthCard
      title="Not one of your tenants"
      lead={`You are signed in as ${account.email}, who is no operator here. An owner or admin of the tenant can invite you.`}
    >
      <ul className="flex flex-col gap-2 text-sm">
        {account.tenants.map(({ tenantId, name }) => (
          <li key={tenantId}>
            <Link href={`/t/${tenantId}`} className={linkClass}>
              {name}
            </Link>
          </li>
        ))}
        <li>
          <Link href="/sign-in" className={linkClass}>
            Sign in as somebody else
          </Link>
        </li>
      </ul>
    </AuthCard>
  );
}
