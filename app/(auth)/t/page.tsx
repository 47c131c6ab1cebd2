import { redirect } from "next/navigation";
import { askOperation } from "../../ask-api.ts";

/** Where one comes in: to the one tenant that one has, or to the choice. */
export default async function TenantChoice() {
  const account = await askOperation("account.get", {});
  if (!account) redirect("/sign-in");
  const [first, second] = account.tenants;
  redirect(first && !second ? `/t/${encodeURIComponent(first.tenantId)}` : "/account");
}
