import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { empty } from "../../schema.ts";
import { hashPassword } from "./hash-password.ts";
import { hashLink } from "./make-link.ts";
import { ensureMayOpenLink } from "./policy.ts";
import { linkToken, newPassword } from "./schema.ts";
import { asInstallation, deleteLinks, deleteSessions, findLink, lockPerson, savePerson, takeLink } from "./store.ts";

export const resetPassword = mutation({
  name: "people.resetPassword",
  summary: "Set a new password with the link that was mailed; every session of the person ends",
  http: { method: "POST", path: "/api/console/password-reset/finish", root: true },
  access: { caller: "anyone" },
  input: z.object({ token: linkToken, password: newPassword }),
  output: empty,
  errors: ["unauthenticated", "forbidden", "rate_limited"],
  async handle(ctx, { token, password }) {
    const { db, live } = ctx.services;
    ensureMayOpenLink(ctx.services, ctx.ip);
    const hash = hashLink(token);
    const over = new DomainError("forbidden", { detail: "The link is over: ask for another" });
    if (!ctx.idempotent && !(await asInstallation(db, (tx) => findLink(tx, "reset", hash)))) throw over;
    const passwordHash = await hashPassword(password);
    const answer = await workOf(ctx, async ({ tx }) => {
      const link = await findLink(tx, "reset", hash);
      if (!link?.personId || !(await takeLink(tx, "reset", hash))) throw over;
      const person = await lockPerson(tx, link.personId);
      await savePerson(tx, person.id, { passwordHash, verifiedAt: person.verifiedAt ?? new Date() });
      await deleteSessions(tx, person.id, {});
      for (const kind of ["reset", "sign-in"] as const) await deleteLinks(tx, kind, person.id);
      return {};
    });
    live.recheck(ctx.tenantId);
    return answer;
  },
});
