import { headers } from "next/headers";
import type { Account } from "../../components/console/trpc.ts";
import type { Reader } from "../../components/docs/programs.tsx";
import { webEnvironment } from "../../server/auth/session.ts";
import { sessionCookieName } from "../../server/auth/session-cookie.ts";
import { isDemoOffered } from "../(site)/demo-offered.ts";
import { askOperation } from "../ask-api.ts";
import { demoFile } from "../demo-file.ts";

/** Tenants that a reader may choose among; a person has few. */
const most = 10;

/** Who reads, for the programs. What does not answer is as if it were not there: a page of text never fails for it. */
export async function findReader(): Promise<Reader> {
  const tenants = (await findAccount())?.tenants.slice(0, most) ?? [];
  if (tenants.length === 0)
    return (await isDemoOffered()) ? { kind: "demo", demoFile: demoFile() } : { kind: "stranger" };
  const named = tenants.map(async ({ tenantId, name }) => ({ tenantId, name, keyNames: await findKeyNames(tenantId) }));
  return { kind: "operator", tenants: await Promise.all(named) };
}

async function findAccount(): Promise<Account | undefined> {
  const cookie = (await headers()).get("cookie") ?? "";
  if (!cookie.includes(sessionCookieName(webEnvironment().baseUrl))) return undefined;
  return await askOperation("account.get", {}).catch(() => undefined);
}

/** Empty where the reader's role does not see keys. */
async function findKeyNames(tenantId: string): Promise<string[]> {
  const keys = await askOperation("apiKeys.list", {}, { tenantId }).catch(() => undefined);
  return keys?.data.map(({ name }) => name) ?? [];
}
