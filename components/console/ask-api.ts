import { headers } from "next/headers";

/** A read of the console at no tenant's address, by a page on the server, as its visitor. Undefined when it is refused. */
export async function askConsole<T>(path: string): Promise<T | undefined> {
  const { PARLEY_API_URL: api, NEXTAUTH_URL: origin = "" } = process.env;
  if (!api) return undefined;
  const cookie = (await headers()).get("cookie");
  const response = await fetch(`${api}/api/console${path}`, {
    cache: "no-store",
    headers: { origin, ...(cookie ? { cookie } : {}) },
  });
  return response.ok ? ((await response.json()) as T) : undefined;
}
