import type { Services } from "./services.ts";

const hostedPage = /^\/(?:chat|inbox)\/([^/?#]+)/i;

/**
 * The pages' policy on being framed (CSP, frame-ancestors): hosted chat and inbox by the origins that their tenant allows, all others by
 * nobody else. A foreign page around the console could make an operator click what it wants.
 */
export async function frameAncestors(services: Services, path: string): Promise<string> {
  const tenant = tenantOf(path);
  const snapshot = tenant === undefined ? undefined : await services.security.snapshot(tenant);
  const origins = snapshot?.settings.allowedOrigins ?? [];
  return `frame-ancestors ${origins.includes("*") ? "*" : ["'self'", ...origins].join(" ")}`;
}

function tenantOf(path: string): string | undefined {
  const part = hostedPage.exec(path)?.[1];
  try {
    return part && decodeURIComponent(part);
  } catch {
    return undefined; // no address of a tenant
  }
}
