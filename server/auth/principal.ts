import { DomainError } from "../errors.ts";
import type { Role } from "./roles.ts";
import type { Scope } from "./scopes.ts";

/** A tenant that authentication has vouched for. No store function works without one, and only this file makes one. */
export type TenantId = string & { readonly __brand: "TenantId" };

export interface Principal {
  readonly tenantId: TenantId;
  /**
   * `operator` is a console session at a tenant. At no tenant's address, with a reserved tenantId: `installation`, which makes tenants
   * and sees none; `person`, a console session; `internal`, the web role, which signs people in.
   */
  readonly kind: "user" | "key" | "operator" | "visitor" | "installation" | "person" | "internal";
  /** The user of a token, or the one a key acts as. */
  readonly userId?: string;
  /** The claim group of the issuer's settings, or a key with scope `admin` on its own: acting as a user, it is that user. */
  readonly admin: boolean;
  readonly scopes: ReadonlySet<Scope>;
  readonly keyId?: string;
  /** Whose console session it is. */
  readonly person?: SignedIn;
  /** Of an operator. */
  readonly role?: Role;
  /** When the credential ends, in ms since 1970; none for a key. */
  readonly expiresAt?: number;
  /** What is checked again while a connection is open. */
  readonly credential: Credential;
}

export interface SignedIn {
  personId: string;
  email: string;
  name: string | undefined;
  installationOwner: boolean;
  /** Until then the person needs not say again who it is, in ms since 1970. */
  sudoUntil: number;
}

export type Credential =
  | { type: "token"; issuerId: string; issuerVersion: string; issuedAt: number | undefined }
  | { type: "key"; keyId: string }
  /** With the role at a tenant: another role is another credential. */
  | { type: "session"; sessionId: string; role?: Role }
  | { type: "none" };

/** A browser that somebody left open does not get at what is dangerous. Throws reauthentication_required. */
export function ensureSudo({ person }: Principal): void {
  if (person && person.sudoUntil <= Date.now()) throw new DomainError("reauthentication_required");
}

export const tenantIdForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether a string has the form of a tenant id: 1 to 63 of a-z, 0-9 and inner hyphens. */
export function isTenantIdForm(id: string): boolean {
  return tenantIdForm.test(id);
}

/** Mints the branded id. Only for authentication, for start-up code that makes tenants, and for the service's own readers. */
export function mintTenantId(id: string): TenantId {
  if (!isTenantIdForm(id))
    throw new DomainError("invalid", { detail: "A tenant id is 1 to 63 of a-z, 0-9 and inner hyphens" });
  return id as TenantId;
}
