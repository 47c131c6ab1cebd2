import { headers } from "next/headers";
import { asVisitor } from "../../app/as-visitor.ts";
import type { AnswerOf, InputOf, Name } from "./trpc.ts";

/** A read by a page on the server, as its visitor; of a tenant where it is one's. Undefined when it is refused; throws when it may work a moment later. */
export async function askOperation<N extends Name>(
  name: N,
  input: InputOf<N>,
  tenantId?: string,
): Promise<AnswerOf<N> | undefined> {
  const { PARLEY_API_URL: api, NEXTAUTH_URL: origin = "" } = process.env;
  if (!api) return undefined;
  const cookie = (await headers()).get("cookie");
  const response = await fetch(`${api}/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}`, {
    cache: "no-store",
    headers: {
      ...(await asVisitor()),
      origin,
      ...(tenantId === undefined ? {} : { "x-tenant-id": tenantId }),
      ...(cookie ? { cookie } : {}),
    },
  });
  if (response.status >= 500 || response.status === 429) throw new Error(`${name} was answered ${response.status}`);
  return response.ok ? ((await response.json()) as { result: { data: AnswerOf<N> } }).result.data : undefined;
}
