import { z } from "zod";
import { mutation } from "../../operation.ts";
import { empty } from "../../schema.ts";
import { signedIn } from "./schema.ts";
import { asInstallation, deleteSessions } from "./store.ts";

export const closeSession = mutation({
  name: "account.signOut",
  summary: "End the session that makes the call",
  http: { method: "POST", path: "/api/console/account/sign-out", root: true },
  access: { caller: "person" },
  input: z.object({}),
  output: empty,
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx) {
    const { personId } = signedIn(ctx);
    const { credential } = ctx.principal;
    const id = credential.type === "session" ? credential.sessionId : "";
    await asInstallation(ctx.services.db, (tx) => deleteSessions(tx, personId, { id }));
    ctx.services.live.recheck(ctx.tenantId);
    return {};
  },
});
