import { Client } from "pg";
import { installationKey } from "../../auth/api-key.ts";
import type { Credentials } from "../../auth/authenticate.ts";
import { signLinkToken } from "../../auth/link-token.ts";
import type { TenantId } from "../../auth/principal.ts";
import { type Caller, call, type Stack, type TestTenant, testSecret } from "../stack.ts";
import { leaveMail } from "./world-mail.ts";
import { leavePeople } from "./world-people.ts";
import { furnishWebhooks } from "./world-webhooks.ts";

/** What a call shows to prove who it is, whatever the transport. */
export type Credential = Pick<Credentials, "bearer" | "apiKey" | "actAs"> & {
  /** A console's, as its own pages send it; over tRPC only. */
  session?: string;
};

/**
 * Those who call. `member` is ada, who made the chat; `outsider` is eve, who is in none; `admin` has the Admin group and is in no chat
 * either; `keyAsMember` is the primary key acting as ada.
 */
export const everybody = ["visitor", "member", "outsider", "admin", "key", "keyAsMember", "installation"] as const;
export type Who = (typeof everybody)[number];

/** One of several tenants that look the same: the same people, a chat of the same name, messages of the same text. */
export interface Side {
  tenant: TestTenant;
  tenantId: TenantId;
  /** Base of the tenant's calls. */
  url: string;
  /** Ids of what there is, by the name of the input field that takes them. */
  ids: {
    chatId: string;
    messageId: string;
    keyId: string;
    issuerId: string;
    userId: string;
    templateName: string;
    type: string;
    /** Of a mail to ada. */
    linkToken: string;
    /** ada's, unread */
    notificationId: string;
    /** eve's, unread */
    eveNotificationId: string;
    /** ada's, not there yet */
    scheduledId: string;
    personId: string;
    invitationId: string;
    /** Not begun yet */
    batchId: string;
    /** ada subscribes to it */
    topicId: string;
    /** A mail to ada that failed */
    deliveryId: string;
    /** Kept by the catcher */
    mailId: string;
    /** Gets no mail */
    address: string;
    jobId: string;
    jobToRemove: string;
    postmarkSecret: string;
    webhookId: string;
    /** ada's */
    connectionId: string;
    /** An export that is done */
    taskId: string;
    /** One that waits for a worker */
    openTaskId: string;
    webhookDeliveryId: string;
  };
  /** An event id from before anything happened. */
  since: string;
  credentials: Record<Who, Credential>;
}

// Far more than any test sends: limits have tests of their own.
const plenty = { rate: 1_000_000, burst: 1_000_000 };
const rates = { user: plenty, key: plenty, tenant: plenty, address: plenty, frames: plenty };

/** Makes a tenant with people, a chat, messages, a named key and an issuer. */
export async function makeSide(stack: Stack, id: string): Promise<Side> {
  const tenant = await stack.tenant(id);
  await allowDemo(stack, tenant);
  const side = await furnish(tenant, stack.url);
  Object.assign(side.ids, await asOwner(stack, (owner) => leaveMail(owner, tenant, side.ids.notificationId)));
  Object.assign(side.ids, await asOwner(stack, (owner) => leavePeople(owner, tenant, side.ids.chatId)));
  return side;
}

export const issuerInput = { kind: "hs256", name: "Portal", secret: "s".repeat(40) };

/** The same in a tenant that is there, by the calls that anybody would make. */
export async function furnish(tenant: TestTenant, url: string): Promise<Side> {
  const [key, ada] = [tenant.key(), tenant.as("ada")];
  await key("PATCH", "/admin/tenant", { settings: { rates } });
  const since = (await key<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
  const userId = `only-in-${tenant.tenantId}`;
  const invite = (email: string) =>
    key<{ invitationId: string; link: string }>("POST", "/admin/operators/invitations", { email, role: "support" });
  const [chat, named, issuer, invitation, personId] = await Promise.all([
    ada<{ id: string }>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] }),
    key<{ id: string }>("POST", "/admin/api-keys", { name: "Reports", scopes: ["events:read"] }),
    key<{ id: string }>("POST", "/admin/issuers", issuerInput),
    invite("later@operators.example"),
    invite(`${tenant.tenantId}@operators.example`).then(({ body }) => accept(key, url, body.link)),
    key("PUT", "/Users/ada", { displayName: "Ada" }),
    declare(tenant, userId),
  ]);
  await key("PUT", `/Users/${userId}`, { displayName: "Zoe" });
  // Who calls is known beforehand: what a node notes of tokens a moment later is no call's own.
  for (const caller of ["ben", "eve", "root"]) await key("POST", "/tokens", { userId: caller });
  const messages = `/Chat/${chat.body.id}/messages`;
  const message = await ada<{ id: string }>("POST", messages, { content: "All abord", clientMessageId: "first" });
  await ada("PATCH", `${messages}/${message.body.id}`, { content: "All aboard" });
  await tenant.as("ben")("POST", messages, { content: "Aye" });
  const postmarkSecret = `secret of ${tenant.tenantId}`;
  await key("PATCH", "/admin/mail/settings", { postmarkSecret });
  const news = { userId: "ada", subject: "Welcome", message: "Welcome aboard" };
  const notified = await key<{ id: string }>("POST", "/Notifications", news);
  const webhooks = await furnishWebhooks(tenant);
  const eves = await key<{ id: string }>("POST", "/Notifications", { ...news, userId: "eve" });
  const scheduledFor = "2990-01-01T00:00:00Z";
  const batch = await key<{ id: string }>("POST", "/Notifications/bulk", { ...news, userIds: ["ada"], scheduledFor });
  const others = { userIds: ["ada", "ben"], scheduledFor: "2991-01-01T00:00:00Z" };
  await key("POST", "/Notifications/bulk", { ...news, ...others });
  await key("PUT", `/admin/topics/${userId}`, { name: "Ferries" });
  await key("POST", `/admin/topics/${userId}/subscribers`, { userIds: ["ada"] });
  const scheduled = await key<{ id: string }>("POST", "/Notifications", { ...news, scheduledFor });
  return {
    tenant,
    tenantId: tenant.tenantId,
    url,
    ids: {
      chatId: chat.body.id,
      messageId: message.body.id,
      keyId: named.body.id,
      issuerId: issuer.body.id,
      userId,
      templateName: userId,
      type: userId,
      linkToken: signLinkToken(testSecret, { tenantId: tenant.tenantId, userId: "ada", type: userId }),
      notificationId: notified.body.id,
      eveNotificationId: eves.body.id,
      scheduledId: scheduled.body.id,
      personId,
      invitationId: invitation.body.invitationId,
      batchId: batch.body.id,
      topicId: userId,
      ...nothingMailed,
      postmarkSecret,
      ...webhooks,
    },
    since,
    credentials: await credentialsOf(tenant),
  };
}

const nothingOpen = { connectionId: "none", taskId: "none", openTaskId: "none" };
/** Without a look past the walls there is no mail and no job to name. */
const nothingMailed = {
  deliveryId: "none",
  mailId: "none",
  address: "none",
  jobId: "none",
  jobToRemove: "none",
  ...nothingOpen,
};

/** A category and a template that was published twice. */
async function declare(tenant: TestTenant, name: string): Promise<void> {
  const key = tenant.key();
  await Promise.all([
    key("PUT", `/admin/categories/${name}`, { title: "Departures" }),
    // What ada said of it before.
    key("PUT", "/Users/ada/preferences", { categories: [{ type: name, inApp: "on", email: "on" }] }),
    key("PUT", `/admin/templates/${name}`, { subject: "Pier {{ pier }}", message: "Go", publish: true }),
  ]);
  const sample = { pier: 4 };
  await key("PUT", `/admin/templates/${name}`, { subject: "Pier {{ pier }}", message: "Now", sample, publish: true });
}

/** Takes an invitation as the invited person would; returns who that is. */
async function accept(key: Caller, url: string, link: string): Promise<string> {
  const address = `${url}/api/console/invitations/${link.split("/").at(-1)}/accept`;
  await call(address, "POST", { password: "a password of tests" }, {});
  const { body } = await key<{ data: { personId: string }[] }>("GET", "/admin/operators");
  return body.data[0]?.personId ?? "";
}

export async function credentialsOf(tenant: TestTenant): Promise<Record<Who, Credential>> {
  const [member, outsider, admin] = await Promise.all([
    tenant.token("ada"),
    tenant.token("eve"),
    tenant.token("root", ["Admin"]),
  ]);
  return {
    visitor: {},
    member: { bearer: member },
    outsider: { bearer: outsider },
    admin: { bearer: admin },
    key: { apiKey: tenant.primaryKey },
    keyAsMember: { apiKey: tenant.primaryKey, actAs: "ada" },
    installation: { apiKey: installationKey(testSecret) },
  };
}

/** No call can switch it on, so the owner of the database does, before anybody asks. */
async function allowDemo(stack: Stack, { tenantId }: TestTenant): Promise<void> {
  await asOwner(stack, (owner) => owner.query("update tenants set demo = true where id = $1", [tenantId]));
  stack.api.services.security.invalidate(tenantId);
}

/** A connection that sees past row-level security. */
export async function asOwner<T>(stack: Stack, work: (owner: Client) => Promise<T>): Promise<T> {
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
