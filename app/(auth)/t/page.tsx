import { redirect } from "next/navigation";
import { askConsole } from "../../../components/console/ask-api.ts";
import type { Answers } from "../../../components/console/trpc.ts";

/** Where one comes in: to the one tenant that one has, or to the choice. */
export default async function TenantChoice() {
  const account = await askConsole<Answers["account"]["get"]>("/account");
  if (!account) redirect("/sign-in");
  const [first, second] = account.tenants;
  redirect(first && !second ? `/t/${encodeURIComponent(first.tenantId)}` : "/account");
}
