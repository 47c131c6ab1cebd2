import type { Operation } from "../../operation.ts";

/** Operations that are no hub methods, each kind with the reason. */
export const offHub: { covers(operation: Pick<Operation, "http">): boolean; reason: string }[] = [
  {
    covers: ({ http }) => http.root === true,
    reason: "is at no tenant's address, and whoever is on a hub is a user of one tenant: it could only say forbidden",
  },
];

export function isOffHub(operation: Pick<Operation, "http">): boolean {
  return offHub.some(({ covers }) => covers(operation));
}
