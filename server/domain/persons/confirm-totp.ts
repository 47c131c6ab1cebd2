import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { makeRecoveryCodes, stepOfCode } from "./check-code.ts";
import { ensureMayTry, ensureOwnsAddress } from "./policy.ts";
import { code, signedIn } from "./schema.ts";
import { lockPerson, savePerson } from "./store.ts";

export const confirmTotp = mutation({
  name: "account.confirmTotp",
  summary: "Switch two factors on with a first code of the app; answers with recovery codes",
  http: { method: "POST", path: "/api/console/account/totp/confirm", root: true },
  access: { caller: "person", sudo: true },
  input: z.object({ code }),
  output: z.object({ recoveryCodes: z.array(z.string()).describe("Each good once; shown once") }),
  errors: ["unauthenticated", "forbidden", "reauthentication_required", "conflict", "rate_limited"],
  secretAnswer: true,
  async handle(ctx, { code }) {
    const { settings } = ctx.services;
    const { personId } = signedIn(ctx);
    ensureMayTry(ctx.services, personId, ctx.ip);
    return workOf(ctx, async ({ tx }) => {
      const person = await lockPerson(tx, personId);
      if (person.totpSecret === null || person.totpConfirmedAt !== null)
        throw new DomainError("conflict", { detail: "Begin with account.startTotp" });
      ensureOwnsAddress(ctx.services, person);
      const step = await stepOfCode(settings.authSecret, person, code);
      if (step === undefined) throw new DomainError("invalid", { errors: { code: ["is not the app's code of now"] } });
      const { codes, hashes } = makeRecoveryCodes();
      const data = { totpConfirmedAt: new Date(), totpLastStep: BigInt(step), recoveryHashes: hashes };
      await savePerson(tx, personId, data);
      return { recoveryCodes: codes };
    });
  },
});
