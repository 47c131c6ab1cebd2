/** What a key may do. Primary and secondary keys hold all of them. */
export const scopes = [
  "chats:read",
  "chats:write",
  "messages:read",
  "messages:write",
  "notifications:read",
  "notifications:write",
  "users:read",
  "users:write",
  "events:read",
  "tokens:create",
  "act-as",
  "admin",
] as const;

export type Scope = (typeof scopes)[number];

export const allScopes: ReadonlySet<Scope> = new Set(scopes);

/** What a stored key may do: primary and secondary always everything, also what was added after they were made. */
export function scopesOfKey(key: { kind: string; scopes: string[] }): ReadonlySet<Scope> {
  return key.kind === "named" ? new Set(scopes.filter((scope) => key.scopes.includes(scope))) : allScopes;
}

/** A user's token is not limited by scopes, only by what the user may see. */
export const userScopes: ReadonlySet<Scope> = new Set<Scope>([
  "chats:read",
  "chats:write",
  "messages:read",
  "messages:write",
  "notifications:read",
  "notifications:write",
  "users:read",
  "users:write",
  "events:read",
]);
