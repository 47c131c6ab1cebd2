import { mintTenantId, type TenantId } from "../../server/auth/principal.ts";
import { StartError } from "../../server/config/start-error.ts";
import { publicChat } from "../../server/domain/chats/presenter.ts";
import { addMembers } from "../../server/domain/members/store.ts";
import { insertTenant } from "../../server/domain/tenants/make-tenant.ts";
import { newId } from "../../server/ids.ts";
import type { Database } from "../../server/persistence/database.ts";
import type { TenantTransaction } from "../../server/persistence/prisma.ts";
import { unitOfWork, type Work } from "../../server/persistence/unit-of-work.ts";
import { drawAvatar } from "./avatar.ts";
import { harbourMaster, type Person, people, tenants } from "./cast.ts";
import { demoChats, type SeedChat } from "./chats.ts";
import { insertChoices } from "./choices.ts";
import { insertMessages, readPositions } from "./messages.ts";
import { demoNotifications } from "./notifications.ts";
import { insertSends, pastSend } from "./sends.ts";
import { insertRotaWebhook, type ToldEvent } from "./webhook.ts";

export const demoId = mintTenantId(tenants.demo.id);
export const harbourId = mintTenantId(tenants.harbour.id);

/** Held while the demo is made: of several nodes that start at once, one makes it and the others wait. Any number that nobody else uses. */
const seedLock = 4_706_118_611;

/** Of all people, those of sends to many among them. */
const notificationCount = 400;

/**
 * Makes both tenants with everything in them, all or nothing; does nothing when they are there.
 * @throws StartError when the ids belong to tenants that are not the demo's
 */
export async function makeDemo(db: Database, authSecret: string): Promise<void> {
  await unitOfWork(db, demoId, async (work) => {
    await work.tx.$executeRaw`select pg_advisory_xact_lock(${seedLock})`;
    if (await isMade(work.tx)) return;
    await fillDemo(work, authSecret);
    await asTenant(work.tx, harbourId, () => fillHarbour(work.tx, authSecret));
  });
}

async function isMade(tx: TenantTransaction): Promise<boolean> {
  const tenant = await tx.tenant.findUnique({ where: { id: demoId } });
  if (tenant && !tenant.demo) throw takenId(demoId);
  return tenant !== null;
}

function takenId(id: string): StartError {
  return new StartError(`SEED=demo needs the tenant id ${id}, which another tenant has: set SEED=none.`);
}

async function fillDemo(work: Work, authSecret: string): Promise<void> {
  const { tx } = work;
  const now = Date.now();
  await insertTenant(tx, authSecret, { ...tenants.demo, demo: true, settings: { allowedOrigins: ["*"] } });
  await insertUsers(tx, demoId, people, now);
  await insertChoices(tx, demoId, now);
  // Lists of chats go by their ids, which hold the time they were made.
  const chats = demoChats(now)
    .toSorted((one, other) => one.createdAt - other.createdAt)
    .map((chat) => ({ ...chat, id: newId() }));
  await tx.chat.createMany({
    data: chats.map(({ id, kind, name, policy, frozen, createdAt, owner, memberIds }) => ({
      tenantId: demoId,
      id,
      kind,
      name,
      policy,
      frozen,
      directKey: kind === "direct" ? JSON.stringify([...memberIds].sort()) : null,
      createdBy: owner,
      createdAt: new Date(createdAt),
    })),
  });
  await work.lockHead();
  const events: ToldEvent[] = [];
  for (const chat of chats) events.push(await fillChat(work, chat));
  await fillInboxes(work, now);
  await fillFigures(tx);
  // The events get the time at which all of this is committed, and nobody is told of them before.
  await insertRotaWebhook(tx, demoId, { authSecret, now: Date.now() + 2000, events });
}

/** Their past is not in the log, as that of the chats is not: places before its first event, in order. */
async function fillInboxes(work: Work, now: number): Promise<void> {
  const { tx } = work;
  const { batch, rows: sent } = pastSend(now);
  const single = demoNotifications(now, notificationCount - sent.length);
  const rows = [...single, ...sent]
    .toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
    .map((row, place) => ({ ...row, position: row.status === "visible" ? place - notificationCount : null }));
  await tx.notification.createMany({ data: rows.map((row) => ({ tenantId: demoId, ...row })) });
  await insertSends(work, demoId, { batch, rows: rows.filter((row) => "batchId" in row), now });
  const waits = single.flatMap((row) => (row.scheduledFor ?? row.snoozedUntil ?? row.expiresAt)?.getTime() ?? []);
  await tx.$executeRaw`select mark_due_v1(${demoId}, 'notifications', ${new Date(Math.min(...waits))})`;
}

/** The overview counts what the log tells of, and of this past it tells nothing. Hand-written SQL: thousands of rows from others. */
async function fillFigures(tx: TenantTransaction): Promise<void> {
  await tx.$executeRaw`
    insert into tenant_minutes (tenant_id, minute, messages, notifications)
    select ${demoId}, date_trunc('minute', at), count(*) filter (where of = 'message'), count(*) filter (where of = 'notification')
    from (
      select created_at as at, 'message' as of from messages where tenant_id = ${demoId}
      union all
      select visible_at, 'notification' from notifications where tenant_id = ${demoId} and status = 'visible'
    ) past
    group by 2`;
}

/** Head, event, members with their read positions, and the past. The log begins with the chat as it stands, past included: returns its event. */
async function fillChat({ tx, emit }: Work, chat: SeedChat & { id: string }): Promise<ToldEvent> {
  const { id, lines, memberIds, owner, moderators } = chat;
  const createdAt = new Date(chat.createdAt);
  const lastMessageId = await insertMessages(tx, demoId, id, lines);
  const activeAt = new Date(lines.at(-1)?.at ?? chat.createdAt);
  const memberCount = memberIds.length;
  await tx.chatHead.create({
    data: { tenantId: demoId, chatId: id, memberCount, lastSeq: lines.length, lastMessageId, activeAt },
  });
  const payload = publicChat({
    ...chat,
    metadata: {},
    createdBy: owner,
    createdAt,
    lastSeq: lines.length,
    memberCount,
  });
  const fromPosition = emit({ type: "chat.created", chatId: id, payload, internal: { memberIds } });
  const read = readPositions(chat);
  const roleOf = (userId: string) =>
    userId === owner ? "owner" : moderators.includes(userId) ? "moderator" : "member";
  await addMembers(
    tx,
    demoId,
    memberIds.map((userId) => ({
      chatId: id,
      userId,
      role: roleOf(userId),
      fromPosition,
      lastReadSeq: read(userId),
    })),
  );
  await tx.member.updateMany({ where: { tenantId: demoId, chatId: id }, data: { joinedAt: createdAt } });
  return { type: "chat.created", chatId: id, position: fromPosition };
}

async function fillHarbour(tx: TenantTransaction, authSecret: string): Promise<void> {
  if (await tx.tenant.findUnique({ where: { id: harbourId } })) throw takenId(harbourId);
  await insertTenant(tx, authSecret, tenants.harbour);
  await insertUsers(tx, harbourId, [harbourMaster], Date.now());
}

/** Minutes apart, because the demo shows people in the order in which they came. */
async function insertUsers(tx: TenantTransaction, tenantId: TenantId, cast: readonly Person[], now: number) {
  await tx.user.createMany({
    data: cast.map(({ userId, role, ...profile }, place) => {
      const createdAt = new Date(now - (35 * 24 * 60 - place) * 60_000);
      const avatarUrl = drawAvatar(profile.displayName, place);
      return { tenantId, id: userId, ...profile, avatarUrl, metadata: { role }, createdAt, updatedAt: createdAt };
    }),
  });
}

/** Works as another tenant, to row-level security, for a while. */
async function asTenant(tx: TenantTransaction, tenantId: TenantId, work: () => Promise<void>): Promise<void> {
  await tx.$executeRaw`select set_config('app.tenant', ${tenantId}, true)`;
  await work();
  await tx.$executeRaw`select set_config('app.tenant', ${demoId}, true)`;
}
