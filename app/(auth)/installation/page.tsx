import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { AuthCard, linkClass } from "../../../components/console/auth-card.tsx";
import { TenantList } from "../../../components/console/tenant-list.tsx";
import { askOperation } from "../../ask-api.ts";

export const metadata: Metadata = { title: "Installation" };

interface Props {
  searchParams: Promise<{ after?: string }>;
}

export default async function InstallationPage({ searchParams }: Props) {
  const { after } = await searchParams;
  const list = await askOperation("installation.listTenants", after === undefined ? {} : { after });
  // A place in the list that is no more, or never was one.
  if (!list && after !== undefined) redirect("/installation");
  const next = list?.nextCursor;
  return (
    <AuthCard
      title="Installation"
      lead={list ? "Its tenants. What is in them is theirs." : "This page is for the installation's owner."}
      footer={
        <Link href={list && next ? `/installation?after=${next}` : "/account"} className={linkClass}>
          {list && next ? "More" : "Your account"}
        </Link>
      }
    >
      {list ? <TenantList key={after} tenants={list.data} /> : null}
    </AuthCard>
  );
}
