import type { Metadata } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { ConsoleApp } from "../../../../components/console/console-app.tsx";
import { GoToSignIn } from "../../../../components/console/go-to-sign-in.tsx";
import { NotAMember } from "../../../../components/console/not-a-member.tsx";
import { parseTheme, THEME_COOKIE } from "../../../../components/ui/theme.ts";
import { webEnvironment } from "../../../../server/auth/session.ts";
import { askOperation } from "../../../ask-api.ts";

interface Props {
  params: Promise<{ tenant: string }>;
  children: ReactNode;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const tenant = decodeURIComponent((await params).tenant);
  return { title: { default: `Console – ${tenant}`, template: `%s – ${tenant}` }, robots: "noindex" };
}

/** What is shown here is for convenience: each operation asks anew who calls it. */
export default async function ConsoleLayout({ params, children }: Props) {
  const tenantId = decodeURIComponent((await params).tenant);
  const account = await askOperation("account.get", {});
  if (!account) return <GoToSignIn />;
  const tenant = account.tenants.find((one) => one.tenantId === tenantId);
  if (!tenant) return <NotAMember account={account} />;
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const about = { tenantId, tenantName: tenant.name, role: tenant.role, account };
  return (
    <ConsoleApp {...about} provider={webEnvironment().provider?.name} theme={theme}>
      {children}
    </ConsoleApp>
  );
}
