import type { Calls } from "../../client/calls.ts";

export type Branding = Calls["hosted.get"]["output"]["branding"];

/** Whose page it is: the tenant's logo, else its name. */
export function HostedBrand({ name, logoUrl }: Branding) {
  if (!logoUrl) return <span className="min-w-0 truncate font-semibold text-accent text-sm">{name}</span>;
  return (
    // biome-ignore lint/performance/noImgElement: from wherever the tenant keeps it
    <img src={logoUrl} alt={name} referrerPolicy="no-referrer" className="h-6 w-auto max-w-40 object-contain" />
  );
}
