import { brandColours } from "../components/ui/brand-colours.ts";

/** Puts a tenant's colour in the place of the service's own, on the whole page: dialogs too. */
export function BrandStyle({ colour }: { colour: string }) {
  const tokens = brandColours(colour);
  if (!tokens) return null;
  // Twice the root, to count for more than globals.css wherever that stands.
  return (
    <style>{`:root:root{${Object.entries(tokens)
      .map(([name, value]) => `${name}:${value}`)
      .join(";")}}`}</style>
  );
}
