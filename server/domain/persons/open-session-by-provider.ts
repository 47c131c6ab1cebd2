import { z } from "zod";
import { type Context, mutation } from "../../operation.ts";
import type { Person } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { browserInput, openedAs } from "./open-session.ts";
import { ensureMayComeIn, noFactors } from "./policy.ts";
import { email, personName, personSchema } from "./schema.ts";
import { deleteSessions, findPersonByEmail, insertPerson, isInvited, lockPerson, savePerson } from "./store.ts";

/** Unlike the other ways in it says why not: the provider has answered for who asks. */
const openedByProvider = z
  .discriminatedUnion("outcome", [
    z.object({ outcome: z.literal("signed-in"), sessionId: z.string(), person: personSchema }),
    z.object({ outcome: z.enum(["email-unverified", "two-factors", "not-invited"]) }),
  ])
  .meta({ id: "OpenedSessionByProvider" });

export const openSessionByProvider = mutation({
  name: "sessions.openByProvider",
  summary:
    "Sign in whoever the OpenID Connect provider of the settings answers for; for the service's own sign-in page",
  http: { method: "POST", path: "/api/console/sessions/by-provider", root: true },
  access: { caller: "internal" },
  input: z.object({
    email,
    emailVerified: z.boolean().describe("Whether the provider says that the address is theirs"),
    name: personName.optional(),
    ...browserInput,
  }),
  output: openedByProvider,
  errors: ["unauthenticated", "forbidden", "conflict", "rate_limited"],
  secretAnswer: true,
  async handle(ctx, { email, emailVerified, name = null, ip, userAgent }) {
    ensureMayComeIn(ctx.services, ip);
    if (!emailVerified) return { outcome: "email-unverified" as const };
    let ended = 0;
    const answer = await workOf(ctx, async ({ tx }) => {
      const person = await findOrMake(ctx, tx, { email, name });
      if (!person) return { outcome: "not-invited" as const };
      // Nobody makes the installation's owner in another's name.
      const isTheirs = person.verifiedAt !== null || person.installationOwner;
      if (isTheirs && person.totpConfirmedAt !== null) return { outcome: "two-factors" as const };
      if (person.verifiedAt === null) {
        // As by a mailed link: what somebody else may know of an account in this address's name is worth nothing from now on. Here
        // two factors, too, which may have been switched on where no mail goes out: they would keep the address from its owner for good.
        ended = await deleteSessions(tx, person.id, {});
        await savePerson(tx, person.id, { verifiedAt: new Date(), passwordHash: null, ...noFactors });
      }
      return openedAs(tx, person, { method: "oauth", ip, userAgent });
    });
    if (ended > 0) ctx.services.live.recheck(ctx.tenantId);
    return answer;
  },
});

/** The person of an address, locked; made where anybody may sign up or somebody invites it. Throws conflict when another makes it just now. */
async function findOrMake(
  ctx: Context,
  tx: TenantTransaction,
  { email, name }: Pick<Person, "email" | "name">,
): Promise<Person | undefined> {
  const found = await findPersonByEmail(tx, email);
  if (found) return lockPerson(tx, found.id);
  if (ctx.services.settings.signUp === "invite" && !(await isInvited(tx, email))) return undefined;
  return insertPerson(tx, { email, name, passwordHash: null, verifiedAt: new Date() });
}
