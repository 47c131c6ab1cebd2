import { z } from "zod";
import { query } from "../../operation.ts";
import { hashLink } from "./make-link.ts";
import { linkToken } from "./schema.ts";
import { asInstallation, findLink } from "./store.ts";

export const getSignUp = query({
  name: "people.getSignUp",
  summary: "Whether one may sign up here, and whether a claim is good",
  http: { method: "GET", path: "/api/console/sign-up", root: true },
  access: { caller: "anyone" },
  input: z.object({ claim: linkToken.optional() }),
  output: z.object({
    signUp: z.enum(["open", "invite"]),
    claim: z.enum(["none", "good", "over"]).describe("A good one makes the installation's owner"),
  }),
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx, { claim }) {
    const { db, settings } = ctx.services;
    const link = claim && (await asInstallation(db, (tx) => findLink(tx, "claim", hashLink(claim))));
    return {
      signUp: settings.signUp,
      claim: claim === undefined ? ("none" as const) : link ? ("good" as const) : ("over" as const),
    };
  },
});
