import { Api, tenantAddress } from "../../client/api.ts";
import { ParleyError } from "../../client/parley-error.ts";
import type { Demo } from "../../client/types.ts";

/** The demo's people, or null where there is no demo. */
export async function loadDemo(tenantId: string, signal: AbortSignal): Promise<Demo | null> {
  const api = new Api({ address: tenantAddress(location.origin, tenantId) });
  try {
    return (await api.call("demo.get", {}, { signal })).body;
  } catch (error) {
    // A code is the service's own; pages served without the API in front answer 404 in HTML, and that is no answer of it.
    const isOff = error instanceof ParleyError && [401, 403, 404].includes(error.status) && error.code !== "unknown";
    if (isOff) return null;
    throw error;
  }
}
