import { z } from "zod";
import { mutation } from "../../operation.ts";
import { presentPerson } from "./open-session.ts";
import { personName, personSchema, signedIn } from "./schema.ts";
import { asInstallation, savePerson } from "./store.ts";

export const updateAccount = mutation({
  name: "account.update",
  summary: "Change your name",
  http: { method: "PATCH", path: "/api/console/account", root: true },
  access: { caller: "person" },
  input: z.object({ name: personName }),
  output: personSchema,
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx, { name }) {
    const { personId } = signedIn(ctx);
    const person = await asInstallation(ctx.services.db, (tx) => savePerson(tx, personId, { name }));
    ctx.services.live.recheck(ctx.tenantId);
    return presentPerson(person);
  },
});
