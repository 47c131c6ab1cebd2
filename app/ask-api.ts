import { headers } from "next/headers";
import type { AnswerOf, InputOf, Name } from "../components/console/trpc.ts";

interface Call {
  headers?: Record<string, string>;
  patienceMs?: number;
}

/** Asks the API on behalf of who looks at a page: the call counts as the visitor's own, not as this machine's. Throws when it does not answer. */
export async function askApi(path: string, { headers: more = {}, patienceMs = 10_000 }: Call = {}): Promise<Response> {
  // The web role is told where the API is when it starts.
  const api = process.env.PARLEY_API_URL ?? "http://localhost:3000";
  const visitor = (await headers()).get("x-parley-visitor");
  return await fetch(api + path, {
    cache: "no-store",
    headers: { ...more, ...(visitor ? { "x-parley-visitor": visitor } : {}) },
    signal: AbortSignal.timeout(patienceMs),
  });
}

interface Asker {
  /** For what is of one tenant. */
  tenantId?: string;
  /** Asks as nobody, whoever is signed in to the console. */
  anonymous?: boolean;
}

/** What an operation answers a page's visitor. Undefined when it is refused; throws when it may work a moment later. */
export async function askOperation<N extends Name>(
  name: N,
  input: InputOf<N>,
  { tenantId, anonymous = false }: Asker = {},
): Promise<AnswerOf<N> | undefined> {
  const response = await askApi(`/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}`, {
    headers: { ...(anonymous ? {} : await session()), ...(tenantId === undefined ? {} : { "x-tenant-id": tenantId }) },
  });
  if (response.status >= 500 || response.status === 429) throw new Error(`${name} was answered ${response.status}`);
  return response.ok ? ((await response.json()) as { result: { data: AnswerOf<N> } }).result.data : undefined;
}

/** The cookie counts from the console's own pages alone. */
async function session(): Promise<Record<string, string>> {
  const cookie = (await headers()).get("cookie");
  return cookie ? { cookie, origin: process.env.NEXTAUTH_URL ?? "" } : {};
}
