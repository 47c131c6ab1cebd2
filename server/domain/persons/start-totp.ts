import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { makeTotpSecret } from "./check-code.ts";
import { ensureOwnsAddress } from "./policy.ts";
import { signedIn } from "./schema.ts";
import { lockPerson, savePerson } from "./store.ts";

export const startTotp = mutation({
  name: "account.startTotp",
  summary:
    "Begin to switch two factors on: the secret for an authenticator app, which asks for nothing until a code of it was given",
  http: { method: "POST", path: "/api/console/account/totp", root: true },
  access: { caller: "person", sudo: true },
  input: z.object({}),
  output: z.object({
    secret: z.string().describe("To type in; shown once"),
    uri: z.string().describe("What the QR code says (otpauth://)"),
  }),
  errors: ["unauthenticated", "forbidden", "reauthentication_required", "conflict"],
  secretAnswer: true,
  async handle(ctx) {
    const { settings } = ctx.services;
    const { personId } = signedIn(ctx);
    return workOf(ctx, async ({ tx }) => {
      const person = await lockPerson(tx, personId);
      if (person.totpConfirmedAt !== null) throw new DomainError("conflict", { detail: "Two factors are on already" });
      ensureOwnsAddress(ctx.services, person);
      const { secret, uri, stored } = makeTotpSecret(settings.authSecret, person);
      await savePerson(tx, personId, { totpSecret: stored, totpLastStep: 0n });
      return { secret, uri };
    });
  },
});
