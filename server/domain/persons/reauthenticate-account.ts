import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { clockOf } from "../../persistence/prisma.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { checkPassword } from "./hash-password.ts";
import { ensureMayTry, sudoFrom } from "./policy.ts";
import { code, password, signedIn } from "./schema.ts";
import { spendCode } from "./spend-code.ts";
import { extendSudo, lockPerson } from "./store.ts";

export const reauthenticateAccount = mutation({
  name: "account.reauthenticate",
  summary:
    "Say again who you are, by password or, with two factors on, by a code: dangerous calls go through for ten minutes",
  http: { method: "POST", path: "/api/console/account/reauthenticate", root: true },
  access: { caller: "person" },
  input: z.object({ password: password.optional(), code: code.optional() }),
  output: z.object({ sudoUntil: z.string() }),
  errors: ["unauthenticated", "forbidden", "rate_limited"],
  async handle(ctx, { password, code }) {
    const { live } = ctx.services;
    const { personId } = signedIn(ctx);
    const { credential } = ctx.principal;
    ensureMayTry(ctx.services, personId, ctx.ip);
    const answer = await workOf(ctx, async ({ tx }) => {
      const person = await lockPerson(tx, personId);
      const byCode = person.totpConfirmedAt !== null && code !== undefined;
      const good = byCode
        ? (await spendCode(tx, ctx.services, person, code)) === "good"
        : password !== undefined && (await checkPassword(person.passwordHash, password));
      if (!good) throw new DomainError("forbidden", { detail: "That is not your password or code" });
      const until = sudoFrom(await clockOf(tx));
      if (credential.type === "session") await extendSudo(tx, credential.sessionId, until);
      return { sudoUntil: until.toISOString() };
    });
    live.recheck(ctx.tenantId);
    return answer;
  },
});
