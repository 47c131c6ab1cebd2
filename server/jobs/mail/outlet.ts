import { isIP } from "node:net";
import addressparser from "nodemailer/lib/addressparser";
import { signLinkToken } from "../../auth/link-token.ts";
import type { TenantId } from "../../auth/principal.ts";
import type { Config } from "../../config/config.ts";
import { findMail, healthOwner, openMailSecret } from "../../domain/mail/store.ts";
import { getTenant } from "../../domain/tenants/store.ts";
import type { Database } from "../../persistence/database.ts";
import type { MailSettings, Tenant } from "../../persistence/generated/client.ts";
import { withAsciiDomain } from "../../schema.ts";
import { asNamed, publicAddresses } from "./addresses.ts";
import type { Links, Sender } from "./compose.tsx";
import type { ClaimedMail } from "./mail-store.ts";
import type { SmtpServer } from "./smtp.ts";

/** Where a tenant's mail goes, in whose name, and how the server did until now. */
export interface Outlet {
  /** None: the catcher keeps it, if it may. */
  server?: SmtpServer | undefined;
  /** The tenant has a server of its own whose stored password cannot be opened, as with another AUTH_SECRET: nothing is sent. */
  locked: boolean;
  catcher: boolean;
  sender: Sender;
  /** Under whose name the server's health is kept. */
  healthOwner: TenantId;
  /** When it was set, if it is the tenant's own. */
  since?: Date | undefined;
  /** Faults of the server in a row. */
  failures: number;
  /** The breaker is open until then; ms since 1970. */
  openUntil: number;
}

export async function loadOutlet(db: Database, config: Config, tenantId: TenantId): Promise<Outlet> {
  const [{ settings, health }, tenant] = await Promise.all([findMail(db, tenantId), getTenant(db, tenantId)]);
  const password = openPassword(config, tenantId, settings);
  return {
    server: tenantServer(config, settings, password) ?? sharedServer(config),
    locked: password === undefined,
    catcher: settings?.catcher ?? true,
    sender: senderOf(config, tenant, settings),
    healthOwner: healthOwner(tenantId, settings),
    since: settings?.host ? settings.updatedAt : undefined,
    failures: health?.failures ?? 0,
    openUntil: health?.openUntil?.getTime() ?? 0,
  };
}

/** Empty where there is none, or no server to show it to; undefined when it cannot be opened. */
function openPassword(config: Config, tenantId: TenantId, settings: MailSettings | null): string | undefined {
  if (!settings?.host || settings.password === null) return "";
  try {
    return openMailSecret(config.authSecret, tenantId, "password", settings.password);
  } catch {
    return undefined;
  }
}

function tenantServer(config: Config, settings: MailSettings | null, pass = ""): SmtpServer | undefined {
  if (!settings?.host) return undefined;
  const { host, username, port, security } = settings;
  return {
    host,
    port: port ?? (security === "tls" ? 465 : 587),
    security: security as SmtpServer["security"],
    auth: username === null ? undefined : { user: username, pass },
    // A tenant names it: it must not lead to what only we can reach.
    addresses: config.allowPrivateNetworks ? asNamed : publicAddresses,
    name: nameOf(config.baseUrl),
  };
}

/** The server of MAIL_URL, which whoever runs the installation has chosen: it may be anywhere. */
export function sharedServer({ mail, baseUrl }: Pick<Config, "mail" | "baseUrl">): SmtpServer | undefined {
  if (!mail.url) return undefined;
  const { protocol, hostname, port, username, password } = new URL(mail.url);
  const tls = protocol === "smtps:";
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (tls ? 465 : 587),
    security: tls ? "tls" : "auto",
    auth: username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : undefined,
    addresses: asNamed,
    name: nameOf(baseUrl),
  };
}

/** Some servers let in nobody who has no name in the DNS (RFC 5321, 4.1.4), as a container's machine has none. */
function nameOf(baseUrl: string): string | undefined {
  const { hostname } = new URL(baseUrl);
  return hostname.includes(".") && isIP(hostname) === 0 ? hostname : undefined;
}

interface Branding {
  name?: string;
  logoUrl?: string;
  colour?: string;
}

/**
 * With no settings, what is sent in the tenant's name from the address of the installation. So is all that goes by the server that tenants
 * share: it signs for each of them, and one that could name any sender would write in another's name. Its own address gets the replies.
 */
export function senderOf(
  config: Pick<Config, "mail" | "baseUrl">,
  tenant: Pick<Tenant, "name" | "settings"> & { id?: string },
  settings: MailSettings | null,
): Sender {
  const { branding = {} } = tenant.settings as { branding?: Branding };
  const name = branding.name || tenant.name;
  const [shared] = addressparser(config.mail.from, { flatten: true });
  const byShared = config.mail.url !== undefined && !settings?.host;
  const own = settings?.fromAddress ?? undefined;
  const address = (byShared ? undefined : own) ?? (shared?.address || "parley@localhost");
  return {
    tenantId: tenant.id,
    brand: { name, logoUrl: branding.logoUrl || undefined, colour: branding.colour ?? "#0b6b62" },
    from: { name: settings?.fromName ?? name, address: withAsciiDomain(address) },
    host: new URL(config.baseUrl).hostname,
    replyTo: settings?.replyTo ?? (byShared ? own : undefined),
  };
}

/** The addresses that a mail leads to. */
export function linksOf(config: Pick<Config, "baseUrl" | "authSecret">, tenantId: TenantId, mail: ClaimedMail): Links {
  const { kind, userId, type, notificationId } = mail;
  if (kind === "test" || kind === "notice") return {}; // to nobody who has an inbox
  const grant = { tenantId, userId, type, ...(notificationId === null ? {} : { notificationId }) };
  const { chat } = (mail.mail ?? {}) as { chat?: { id: string; seq: number } };
  const inChat = chat && new URLSearchParams({ chat: chat.id, seq: String(chat.seq) });
  return {
    open: inChat ? `${config.baseUrl}/chat/${tenantId}?${inChat}` : `${config.baseUrl}/inbox/${tenantId}`,
    unsubscribe: mail.mayUnsubscribe ? `${config.baseUrl}/u/${signLinkToken(config.authSecret, grant)}` : undefined,
  };
}
