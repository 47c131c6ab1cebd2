import { z } from "zod";
import type { Role } from "../../auth/roles.ts";
import { DomainError } from "../../errors.ts";
import type { Context } from "../../operation.ts";
import { role } from "../persons/schema.ts";

export const operatorSchema = z
  .object({
    personId: z.string(),
    email: z.string(),
    name: z.string().optional(),
    role,
    twoFactor: z.boolean(),
    since: z.string(),
  })
  .meta({ id: "Operator" });

export const invitationSchema = z
  .object({
    invitationId: z.string(),
    email: z.string(),
    role,
    invitedBy: z.string().optional().describe("E-mail address of who invited"),
    createdAt: z.string(),
    expiresAt: z.string(),
  })
  .meta({ id: "Invitation" });

/** The role with which the call is made: keys and Admin tokens manage, and are no owner. */
export function ownRole({ principal }: Context): Role {
  return principal.role ?? "admin";
}

export function refuseMore(): DomainError {
  return new DomainError("forbidden", { detail: "Nobody hands out, changes or takes away more than they have" });
}
