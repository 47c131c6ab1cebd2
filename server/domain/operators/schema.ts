import { z } from "zod";
import { DomainError } from "../../errors.ts";
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
    invitedBy: z.string().optional().describe("Email address of who invited"),
    createdAt: z.string(),
    expiresAt: z.string(),
  })
  .meta({ id: "Invitation" });

/** The `forbidden` for who would give, change or take a role above their own. To be thrown by the caller. */
export function refuseMore(): DomainError {
  return new DomainError("forbidden", { detail: "Nobody hands out, changes or takes away more than they have" });
}
