import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { empty } from "../../schema.ts";
import { checkPassword, hashPassword } from "./hash-password.ts";
import { ensureMayTry } from "./policy.ts";
import { newPassword, password, signedIn } from "./schema.ts";
import { deleteLinks, deleteSessions, lockPerson, savePerson } from "./store.ts";

export const changePassword = mutation({
  name: "account.changePassword",
  summary: "Change your password, or set one; your other sessions end",
  http: { method: "POST", path: "/api/console/account/password", root: true },
  access: { caller: "person" },
  input: z.object({
    current: password.optional().describe("Needed when there is one"),
    password: newPassword,
  }),
  output: empty,
  errors: ["unauthenticated", "forbidden", "reauthentication_required", "rate_limited"],
  async handle(ctx, { current, password }) {
    const { personId, sudoUntil } = signedIn(ctx);
    const { credential } = ctx.principal;
    const session = credential.type === "session" ? credential.sessionId : "";
    ensureMayTry(ctx.services, personId, ctx.ip);
    const passwordHash = await hashPassword(password);
    const answer = await workOf(ctx, async ({ tx }) => {
      const person = await lockPerson(tx, personId);
      if (person.passwordHash === null) {
        if (sudoUntil <= Date.now()) throw new DomainError("reauthentication_required");
      } else if (!(await checkPassword(person.passwordHash, current ?? "")))
        throw new DomainError("forbidden", { detail: "That is not your password" });
      await savePerson(tx, personId, { passwordHash });
      await deleteSessions(tx, personId, { but: session });
      for (const kind of ["reset", "sign-in"] as const) await deleteLinks(tx, kind, personId);
      return {};
    });
    ctx.services.live.recheck(ctx.tenantId);
    return answer;
  },
});
