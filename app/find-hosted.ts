import type { Calls } from "../client/calls.ts";
import { askApi } from "./ask-api.ts";

export type HostedTenant = Calls["hosted.get"]["output"];

/** What a hosted page shows of its tenant; null when there is no such tenant. Throws when the API does not answer. */
export async function findHosted(tenant: string): Promise<HostedTenant | null> {
  // Next hands over the part of the address as it stood there.
  const response = await askApi(`/tenant/${encodeURIComponent(decodeURIComponent(tenant))}/v1/hosted`);
  if ([400, 401, 403, 404].includes(response.status)) return null;
  if (!response.ok) throw new Error(`The API answered ${response.status}`);
  return response.json();
}
