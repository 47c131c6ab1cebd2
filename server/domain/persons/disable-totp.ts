import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { empty } from "../../schema.ts";
import { ensureMayTry, noFactors } from "./policy.ts";
import { code, signedIn } from "./schema.ts";
import { spendCode } from "./spend-code.ts";
import { lockPerson, savePerson } from "./store.ts";

export const disableTotp = mutation({
  name: "account.disableTotp",
  summary: "Switch two factors off, with a code of the app or a recovery code",
  http: { method: "POST", path: "/api/console/account/totp/disable", root: true },
  access: { caller: "person", sudo: true },
  input: z.object({ code }),
  output: empty,
  errors: ["unauthenticated", "forbidden", "reauthentication_required", "rate_limited"],
  async handle(ctx, { code }) {
    const { personId } = signedIn(ctx);
    ensureMayTry(ctx.services, personId, ctx.ip);
    return workOf(ctx, async ({ tx }) => {
      const person = await lockPerson(tx, personId);
      if ((await spendCode(tx, ctx.services, person, code)) !== "good")
        throw new DomainError("invalid", { errors: { code: ["is not good"] } });
      await savePerson(tx, personId, noFactors);
      return {};
    });
  },
});
