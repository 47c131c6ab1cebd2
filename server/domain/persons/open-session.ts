import { z } from "zod";
import { mutation } from "../../operation.ts";
import type { Person } from "../../persistence/generated/client.ts";
import { clockOf, type TenantTransaction } from "../../persistence/prisma.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { text } from "../../schema.ts";
import { checkPassword } from "./hash-password.ts";
import { ensureMayTry, sudoFrom } from "./policy.ts";
import { code, email, password, personSchema } from "./schema.ts";
import { spendCode } from "./spend-code.ts";
import { asInstallation, findPersonByEmail, insertSession, lockPerson, type NewSession } from "./store.ts";

/** Of the browser, as the pages see it. */
export const browserInput = {
  ip: text(64).optional().describe("Of the browser"),
  userAgent: text(500).optional(),
};

/** `refused` says not why: it tells nobody who has an account. */
export const openedSchema = z
  .discriminatedUnion("outcome", [
    z.object({ outcome: z.literal("signed-in"), sessionId: z.string(), person: personSchema }),
    z.object({ outcome: z.enum(["code-needed", "refused"]) }),
  ])
  .meta({ id: "OpenedSession" });

export function presentPerson({ id, email, name }: Pick<Person, "id" | "email" | "name">) {
  return { personId: id, email, ...(name === null ? {} : { name }) };
}

/** Opens the session of whoever has just shown who they are, and says so. */
export async function openedAs(tx: TenantTransaction, person: Person, by: Omit<NewSession, "sudoUntil">) {
  const sessionId = await insertSession(tx, person.id, { ...by, sudoUntil: sudoFrom(await clockOf(tx)) });
  return { outcome: "signed-in" as const, sessionId, person: presentPerson(person) };
}

export const openSession = mutation({
  name: "sessions.open",
  summary: "Sign a person in by password, with a code where two factors are on; for the service's own sign-in page",
  http: { method: "POST", path: "/api/console/sessions", root: true },
  access: { caller: "internal" },
  input: z.object({ email, password, code: code.optional(), ...browserInput }),
  output: openedSchema,
  errors: ["unauthenticated", "forbidden", "rate_limited"],
  secretAnswer: true,
  async handle(ctx, { email, password, code, ip, userAgent }) {
    const { db } = ctx.services;
    ensureMayTry(ctx.services, email, ip);
    const found = await asInstallation(db, (tx) => findPersonByEmail(tx, email));
    // Outside of a transaction: it takes its time.
    if (!(await checkPassword(found?.passwordHash, password)) || !found) return { outcome: "refused" as const };
    return workOf(ctx, async ({ tx }) => {
      const person = await lockPerson(tx, found.id);
      const verdict = await spendCode(tx, ctx.services, person, code);
      if (verdict === "code-needed") return { outcome: "code-needed" as const };
      if (verdict === "bad" || person.passwordHash !== found.passwordHash) return { outcome: "refused" as const };
      return openedAs(tx, person, { method: "password", ip, userAgent });
    });
  },
});
