/** What an operator may be to a tenant. Every tenant has an owner. */
export const roles = ["owner", "admin", "support", "read-only"] as const;

export type Role = (typeof roles)[number];

/** What administration consists of, for operators. Keys with the scope `admin` and Admin tokens may all of it but `admin:owner`. */
export type ConsoleScope =
  /** People, chats, messages, notifications, connections, figures, settings. */
  | "admin:read"
  /** Names, hints and last use of keys, issuers and operators; the audit log. Never a secret. */
  | "admin:credentials"
  | "admin:write"
  /** What makes or shows a secret, and what acts as a user. */
  | "admin:secrets"
  /** Invites operators, changes their roles. */
  | "admin:operators"
  /** Passes the tenant on, deletes it. */
  | "admin:owner";

const reads: ConsoleScope[] = ["admin:read", "admin:credentials"];
const manages: ConsoleScope[] = [...reads, "admin:write", "admin:secrets", "admin:operators"];

/** The one table of what each role may. */
export const scopesOfRole: Record<Role, ReadonlySet<ConsoleScope>> = {
  owner: new Set<ConsoleScope>([...manages, "admin:owner"]),
  admin: new Set(manages),
  /** Helps users: sees them and what they wrote, and nothing of how the tenant is locked. */
  support: new Set<ConsoleScope>(["admin:read"]),
  "read-only": new Set(reads),
};

/** Whether somebody who is let into administration may read this part of it: keys and Admin tokens all of it, operators what their role says. */
export function mayRead({ kind, role }: { kind: string; role?: Role | undefined }, scope: ConsoleScope): boolean {
  return kind !== "operator" || scopesOfRole[role ?? "read-only"].has(scope);
}

/** Whether somebody of a role may make another one of a role: nobody hands out more than they have. */
export function mayGrant(own: Role, other: Role): boolean {
  return roles.indexOf(own) <= roles.indexOf(other);
}
