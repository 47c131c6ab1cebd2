import type { Calls } from "../client/calls.ts";
import { asVisitor } from "./as-visitor.ts";

export type HostedTenant = Calls["hosted.get"]["output"];

/** What a hosted page shows of its tenant; null when there is no such tenant. Throws when the API does not answer. */
export async function findHosted(tenant: string): Promise<HostedTenant | null> {
  // The web role is told where the API is when it starts.
  const api = process.env.PARLEY_API_URL ?? "http://localhost:3000";
  // Next hands over the part of the address as it stood there.
  const address = `${api}/tenant/${encodeURIComponent(decodeURIComponent(tenant))}/v1/hosted`;
  const response = await fetch(address, {
    cache: "no-store",
    headers: await asVisitor(),
    signal: AbortSignal.timeout(10_000),
  });
  if ([400, 401, 403, 404].includes(response.status)) return null;
  if (!response.ok) throw new Error(`The API answered ${response.status}`);
  return response.json();
}
