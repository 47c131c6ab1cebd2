import { z } from "zod";
import { query } from "../../operation.ts";
import { signedIn } from "./schema.ts";
import { asInstallation, listSessions as loadSessions } from "./store.ts";

export const listSessions = query({
  name: "account.listSessions",
  summary: "The browsers in which you are signed in, those used last first",
  http: { method: "GET", path: "/api/console/account/sessions", root: true },
  access: { caller: "person" },
  input: z.object({}),
  output: z.object({
    data: z.array(
      z
        .object({
          sessionId: z.string(),
          current: z.boolean().describe("Makes this call"),
          method: z.enum(["password", "link", "oauth"]),
          ip: z.string().nullable(),
          userAgent: z.string().nullable(),
          createdAt: z.string(),
          seenAt: z.string().describe("To the minute"),
          expiresAt: z.string(),
        })
        .meta({ id: "ConsoleSession" }),
    ),
  }),
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx) {
    const { personId } = signedIn(ctx);
    const { credential } = ctx.principal;
    const own = credential.type === "session" ? credential.sessionId : undefined;
    const rows = await asInstallation(ctx.services.db, (tx) => loadSessions(tx, personId));
    const data = rows.map(({ id, method, ip, userAgent, createdAt, seenAt, expiresAt }) => ({
      sessionId: id,
      current: id === own,
      method: method as "password" | "link" | "oauth",
      ip,
      userAgent,
      createdAt: createdAt.toISOString(),
      seenAt: seenAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    }));
    return { data };
  },
});
