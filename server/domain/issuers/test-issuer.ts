import { z } from "zod";
import { refuseRevoked } from "../../auth/authenticate.ts";
import type { TenantSecurity, TenantSnapshot } from "../../auth/tenant-security.ts";
import { type DecodedToken, decodeToken, TokenFault, tenantOfToken, tokenRules } from "../../auth/token.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { text } from "../../schema.ts";

export const testIssuer = mutation({
  name: "issuers.test",
  summary: "Try a token: what is read of it, who it would be, or which rule refuses it. Changes nothing",
  http: { method: "POST", path: "/admin/issuers/test" },
  access: { caller: "admin", scope: "admin", console: "admin:credentials" },
  input: z.object({ token: text(100_000).trim() }),
  output: z
    .object({
      ok: z.boolean(),
      rule: z.enum(tokenRules).optional().describe("The first rule that it fails"),
      detail: z.string().optional(),
      header: z.record(z.string(), z.unknown()).optional(),
      claims: z.record(z.string(), z.unknown()).optional().describe("As the token says; proved only when ok"),
      issuerId: z.string().optional(),
      userId: z.string().optional(),
      groups: z.array(z.string()).optional(),
      admin: z.boolean().optional(),
      expiresAt: z.string().optional(),
    })
    .meta({ id: "TokenTest" }),
  async handle(ctx, { token }) {
    const { security } = ctx.services;
    const snapshot = await security.snapshot(ctx.tenantId);
    if (!snapshot) throw new DomainError("not_found");
    return judge(security, snapshot, token);
  },
});

async function judge(security: TenantSecurity, snapshot: TenantSnapshot, text: string) {
  let read: { header?: DecodedToken["header"]; claims?: DecodedToken["payload"] } = {};
  try {
    const token = decodeToken(text);
    read = { header: token.header, claims: token.payload };
    if ((tenantOfToken(token) ?? snapshot.tenantId) !== snapshot.tenantId)
      throw new TokenFault("tenant", "The token is for another tenant");
    const { issuer, userId, groups, admin, issuedAt, expiresAt } = await security.verifier.verify(
      token,
      snapshot.issuers,
    );
    refuseRevoked(snapshot, userId, issuedAt);
    return {
      ok: true,
      ...read,
      issuerId: issuer.id,
      userId,
      groups,
      admin,
      expiresAt: new Date(expiresAt).toISOString(),
    };
  } catch (error) {
    if (!(error instanceof TokenFault)) throw error;
    // Why the keys could not be fetched is for the tenant's administrators, not for whoever shows a token.
    const why = error.rule === "keys" && error.face.internal instanceof Error ? `: ${error.face.internal.message}` : "";
    return { ok: false, ...read, rule: error.rule, detail: `${error.face.detail}${why}` };
  }
}
