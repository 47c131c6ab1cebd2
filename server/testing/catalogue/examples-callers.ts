import type { Example } from "./examples.ts";

// What each kind of caller is told, by who may.

export const byMember: Example["callers"] = {
  visitor: "unauthenticated",
  member: "ok",
  outsider: "not_found",
  admin: "not_found",
  key: "user_required",
  keyAsMember: "ok",
  installation: "forbidden",
};
/** Admins moderate every chat of the tenant. */
export const byMemberOrAdmin: Example["callers"] = { ...byMember, admin: "ok" };
export const byAnyUser: Example["callers"] = { ...byMember, outsider: "ok", admin: "ok" };
export const byUserOrKey: Example["callers"] = { ...byAnyUser, key: "ok" };
/** A profile is its user's own, and open to Admins and to keys. */
export const byOwner: Example["callers"] = { ...byUserOrKey, outsider: "forbidden" };
export const byAdmin: Example["callers"] = {
  visitor: "unauthenticated",
  member: "forbidden",
  outsider: "forbidden",
  admin: "ok",
  key: "ok",
  keyAsMember: "ok",
  installation: "forbidden",
};
export const byKey: Example["callers"] = { ...byAdmin, admin: "forbidden" };
export const byAnyone: Example["callers"] = { ...byUserOrKey, visitor: "ok" };
export const byInstallation: Example["callers"] = {
  visitor: "unauthenticated",
  member: "unauthenticated",
  outsider: "unauthenticated",
  admin: "unauthenticated",
  key: "unauthenticated",
  keyAsMember: "unauthenticated",
  installation: "ok",
};

export const log = ["events", "tenant_log"];
export const noInput = () => ({});
