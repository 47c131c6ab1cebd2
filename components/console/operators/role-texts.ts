import type { Role } from "../trpc.ts";

export const roleTexts: Record<Role, string> = {
  owner: "Everything, passing the tenant on and deleting it included.",
  admin: "Everything but passing the tenant on and deleting it.",
  support: "Sees users and what they wrote; no keys, issuers or audit log, and changes nothing.",
  "read-only": "Sees everything but secrets, and changes nothing.",
};

/** From most to least. */
const order = Object.keys(roleTexts) as Role[];

/** The roles that somebody may hand out: nobody gives more than they have. */
export function rolesUpTo(own: Role): readonly Role[] {
  return order.slice(order.indexOf(own));
}
