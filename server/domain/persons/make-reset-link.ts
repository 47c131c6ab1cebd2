import { DomainError } from "../../errors.ts";
import type { Database } from "../../persistence/database.ts";
import { clockOf } from "../../persistence/prisma.ts";
import { makeLink } from "./make-link.ts";
import { linkLasts, noFactors } from "./policy.ts";
import { asInstallation, findPersonByEmail, insertLink, savePerson } from "./store.ts";

/**
 * A link by which a person sets a new password, good once and for an hour, for whoever runs the machine to hand over. Two factors are
 * taken off: who asks for this has lost them, or cannot be mailed. Throws not_found.
 */
export async function makeResetLink(db: Database, baseUrl: string, email: string): Promise<string> {
  const { token, hash } = makeLink();
  await asInstallation(db, async (tx) => {
    const person = await findPersonByEmail(tx, email);
    if (!person) throw new DomainError("not_found", { detail: `Nobody has an account with ${email}` });
    const expiresAt = new Date((await clockOf(tx)).getTime() + linkLasts.reset * 60_000);
    await insertLink(tx, { kind: "reset", hash, personId: person.id, expiresAt });
    await savePerson(tx, person.id, noFactors);
  });
  return `${baseUrl}/reset?token=${token}`;
}
