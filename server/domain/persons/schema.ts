import { z } from "zod";
import type { SignedIn } from "../../auth/principal.ts";
import { roles } from "../../auth/roles.ts";
import { DomainError } from "../../errors.ts";
import type { Context } from "../../operation.ts";
import { emailAddress, text } from "../../schema.ts";

export const email = emailAddress.overwrite((value) => value.trim().toLowerCase()).describe("In any letter case");

/** Long is what counts (NIST SP 800-63B, 3.1.1): no rules about what it is made of. */
export const newPassword = text(200).min(10, "must have at least 10 characters");
/** One that is only compared. */
export const password = text(200);
export const personName = text(200).trim().min(1);
export const code = text(40).describe("Of the authenticator app, or one of the recovery codes");
/** Read as a browser reads it, which drops tabs and line breaks and takes a backslash for a slash: `/\t/elsewhere` is another host's. */
function isOwnPath(path: string): boolean {
  const here = "http://here.invalid";
  return path.startsWith("/") && URL.canParse(path, here) && new URL(path, here).origin === here;
}

export const nextPath = text(1000)
  .refine(isOwnPath, "must be a path of this service")
  .describe("Where the link leads on to; a path of this service");
export const linkToken = text(200).describe("What stands in the link");

export const role = z.enum(roles);

export const personSchema = z
  .object({
    personId: z.string(),
    email: z.string(),
    name: z.string().optional(),
  })
  .meta({ id: "Person" });

/** The person whose console session makes the call. */
export function signedIn({ principal }: Context): SignedIn {
  if (!principal.person) throw new DomainError("forbidden");
  return principal.person;
}
