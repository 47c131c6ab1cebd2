import { hash } from "node:crypto";
import type { Principal, TenantId } from "./auth/principal.ts";
import { DomainError } from "./errors.ts";
import type { Context } from "./operation.ts";

/** The user the call is made as. Throws `user_required` for a key on its own. */
export function callerId(ctx: Context): string {
  if (!ctx.principal.userId)
    throw new DomainError("user_required", { detail: "A key carries no user; name one with X-Act-As-User" });
  return ctx.principal.userId;
}

/** What tells a page's own connections apart: tenant + user + client id, so that naming somebody else's page mutes nobody. */
export function clientHashOf(tenantId: TenantId, userId: string, clientId: string | undefined): string | undefined {
  if (!clientId) return undefined;
  return hash("sha256", JSON.stringify([tenantId, userId, clientId]), "base64url").slice(0, 16);
}

/** A stable hash of what a call says, to tell a repeat from another call under the same key. */
export function bodyHashOf(body: unknown): string {
  return hash("sha256", stable(body), "base64url");
}

/** Whose an idempotency key is. Visitors cannot be told apart, so what they say has to. */
export function keyOwnerOf({ kind, userId, keyId = "", person }: Principal, bodyHash: string): string {
  if (userId !== undefined) return `user:${userId}`;
  if (person) return `person:${person.personId}`;
  return kind === "visitor" ? `visitor:${bodyHash}` : `key:${keyId}`;
}

function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(",")}]`;
  if (!value || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${stable((value as Record<string, unknown>)[key])}`).join(",")}}`;
}
