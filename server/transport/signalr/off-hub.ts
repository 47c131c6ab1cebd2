import type { Operation } from "../../operation.ts";

/** Operations that are no hub methods, each kind with the reason. */
export const offHub: { covers(operation: Pick<Operation, "access">): boolean; reason: string }[] = [
  {
    covers: ({ access }) => access.caller === "installation",
    reason:
      "takes the installation's key, and whoever is on a hub is a user of one tenant: it could only say forbidden",
  },
];

export function isOffHub(operation: Pick<Operation, "access">): boolean {
  return offHub.some(({ covers }) => covers(operation));
}
