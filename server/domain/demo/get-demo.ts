import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { query } from "../../operation.ts";
import { signUserToken } from "../tokens/sign-user-token.ts";
import { listPeople } from "./store.ts";

const tokenSeconds = 24 * 60 * 60;

const person = z.object({
  userId: z.string(),
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
  token: z.string(),
});

export const getDemo = query({
  name: "demo.get",
  summary: "The people of a demo tenant, each with a token to try things with",
  http: { method: "GET", path: "/demo" },
  access: { caller: "anyone" },
  input: z.object({}),
  output: z.object({ tenantId: z.string(), tenantName: z.string(), baseUrl: z.string(), users: z.array(person) }),
  async handle(ctx) {
    const { security, db, settings } = ctx.services;
    const snapshot = await security.snapshot(ctx.tenantId);
    if (!snapshot?.demo) throw new DomainError("not_found", { detail: "This tenant is no demo" });
    const { tenantName, people } = await listPeople(db, ctx.tenantId);
    const users = await Promise.all(
      people.map(async (one) => ({
        ...one,
        token: (await signUserToken(security, ctx.tenantId, { userId: one.userId, expiresIn: tokenSeconds })).token,
      })),
    );
    return { tenantId: ctx.tenantId, tenantName, baseUrl: settings.baseUrl, users };
  },
});
