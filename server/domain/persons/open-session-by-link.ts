import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { hashLink } from "./make-link.ts";
import { browserInput, openedAs, openedSchema } from "./open-session.ts";
import { ensureMayComeIn } from "./policy.ts";
import { code, linkToken } from "./schema.ts";
import { spendCode } from "./spend-code.ts";
import { deleteSessions, findLink, lockPerson, savePerson, takeLink } from "./store.ts";

export const openSessionByLink = mutation({
  name: "sessions.openByLink",
  summary: "Sign a person in by the link that was mailed; for the service's own sign-in page",
  http: { method: "POST", path: "/api/console/sessions/by-link", root: true },
  access: { caller: "internal" },
  input: z.object({ token: linkToken, code: code.optional(), ...browserInput }),
  output: openedSchema,
  errors: ["unauthenticated", "forbidden", "rate_limited"],
  secretAnswer: true,
  async handle(ctx, { token, code, ip, userAgent }) {
    const hash = hashLink(token);
    ensureMayComeIn(ctx.services, ip);
    let ended = 0;
    const answer = await workOf(ctx, async ({ tx }) => {
      const link = await findLink(tx, "sign-in", hash);
      if (!link?.personId) return { outcome: "refused" as const };
      const person = await lockPerson(tx, link.personId);
      const verdict = await spendCode(tx, ctx.services, person, code);
      if (verdict !== "good") return { outcome: verdict === "bad" ? ("refused" as const) : verdict };
      if (!(await takeLink(tx, "sign-in", hash))) return { outcome: "refused" as const };
      if (person.verifiedAt === null) {
        // Somebody else may have made the account in this address's name: what they know of it is worth nothing from now on.
        ended = await deleteSessions(tx, person.id, {});
        await savePerson(tx, person.id, { verifiedAt: new Date(), passwordHash: null });
      }
      return openedAs(tx, person, { method: "link", ip, userAgent });
    });
    if (ended > 0) ctx.services.live.recheck(ctx.tenantId);
    return answer;
  },
});
