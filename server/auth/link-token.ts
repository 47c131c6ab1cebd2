import { createHmac } from "node:crypto";
import { deriveKey } from "../config/secrets.ts";
import { DomainError } from "../errors.ts";
import { sameText } from "./mac.ts";
import { isTenantIdForm, mintTenantId, type TenantId } from "./principal.ts";

/** What the link of a mail is good for: one person's preferences, and to unsubscribe from one type. */
export interface LinkGrant {
  tenantId: TenantId;
  userId: string;
  /** `*` for all types. */
  type: string;
  /** The notification whose mail it stood in. */
  notificationId?: string | undefined;
}

/** Bytes of the signature: what nobody guesses, in a link that people see. */
const macBytes = 18;

/**
 * A link's token: `tenant.grant.signature`. It never expires, because mails are kept for years and law asks that their links work;
 * who has the mail may set what it is about, and nothing else.
 */
export function signLinkToken(authSecret: string, grant: LinkGrant): string {
  const { tenantId, userId, type, notificationId } = grant;
  const said = JSON.stringify([userId, type, ...(notificationId === undefined ? [] : [notificationId])]);
  const body = `${tenantId}.${Buffer.from(said).toString("base64url")}`;
  return `${body}.${macOf(authSecret, body)}`;
}

/** Throws not_found for whatever was not signed here. */
export function readLinkToken(authSecret: string, token: string): LinkGrant {
  const [tenant = "", said = "", mac = "", ...rest] = token.split(".");
  const isOurs = sameText(mac, macOf(authSecret, `${tenant}.${said}`));
  if (rest.length > 0 || !isOurs || !isTenantIdForm(tenant))
    throw new DomainError("not_found", { detail: "The link is not valid" });
  const [userId, type, notificationId] = JSON.parse(Buffer.from(said, "base64url").toString()) as [
    string,
    string,
    string?,
  ];
  return { tenantId: mintTenantId(tenant), userId, type, notificationId };
}

/** A text without a tenant's tokens, for who may see what a mail says and not change what its reader chose. */
export function maskLinkTokens(text: string, tenantId: TenantId): string {
  return text.replace(new RegExp(String.raw`${tenantId}\.[\w-]+\.[\w-]{${Math.ceil((macBytes * 4) / 3)}}`, "g"), "•••");
}

function macOf(authSecret: string, body: string): string {
  return createHmac("sha256", deriveKey(authSecret, "mail-link"))
    .update(body)
    .digest()
    .subarray(0, macBytes)
    .toString("base64url");
}
