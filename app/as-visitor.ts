import { headers } from "next/headers";

/** Goes along when a page asks the API on behalf of who looks at it: the call then counts as the visitor's own, not as this machine's. */
export async function asVisitor(): Promise<Record<string, string>> {
  const visitor = (await headers()).get("x-parley-visitor");
  return visitor ? { "x-parley-visitor": visitor } : {};
}
