import { headers } from "next/headers";
import { asVisitor } from "../../app/as-visitor.ts";

/** A read of the console at no tenant's address, by a page on the server, as its visitor. Undefined when it is refused. */
export function askConsole<T>(path: string): Promise<T | undefined> {
  return ask(`/api/console${path}`);
}

/** The same by the name of an operation that is not below /api/console; of a tenant where it is one's. */
export async function askOperation<T>(name: string, input: object, tenantId?: string): Promise<T | undefined> {
  const query = encodeURIComponent(JSON.stringify(input));
  const tenant: Record<string, string> = tenantId === undefined ? {} : { "x-tenant-id": tenantId };
  return (await ask<{ result: { data: T } }>(`/api/trpc/${name}?input=${query}`, tenant))?.result.data;
}

async function ask<T>(path: string, tenant: Record<string, string> = {}): Promise<T | undefined> {
  const { PARLEY_API_URL: api, NEXTAUTH_URL: origin = "" } = process.env;
  if (!api) return undefined;
  const cookie = (await headers()).get("cookie");
  const response = await fetch(`${api}${path}`, {
    cache: "no-store",
    headers: { ...(await asVisitor()), ...tenant, origin, ...(cookie ? { cookie } : {}) },
  });
  return response.ok ? ((await response.json()) as T) : undefined;
}
