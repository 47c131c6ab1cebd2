import { presentMessage } from "../../domain/messages/schema.ts";
import { findMessages, listEditsOf } from "../../domain/messages/store.ts";
import { visitWritten } from "./person-messages.ts";
import {
  countPersonRows,
  listAttempts,
  listMemberships,
  listPersonCalls,
  listPersonDeliveries,
  listPersonNotifications,
  listPersonRows,
} from "./person-store.ts";
import type { FileLine, Part, Plan } from "./plan.ts";
import { listPastMemberships, listPersonEntries } from "./trace-store.ts";

const rowsAStep = 500;

const few: Part = async ({ db, tenantId, subject }) => ({
  lines: await listPersonRows(db, tenantId, subject),
  done: 0,
});

const memberships: Part = async ({ db, tenantId, subject }, after) => {
  const rows = await listMemberships(db, tenantId, { userId: subject, after, limit: rowsAStep });
  return page("membership", rows, ({ chatId }) => chatId);
};

const messages: Part = async (work, at) => {
  const { db, tenantId } = work;
  const lines: FileLine[] = [];
  const place = await visitWritten(work, at, async ({ ids }) => {
    const found = await findMessages(db, tenantId, ids);
    const edited = [...found.values()].filter(({ editedAt }) => editedAt).map(({ id }) => id);
    const edits = await listEditsOf(db, tenantId, edited);
    for (const id of ids) {
      const message = found.get(id);
      if (message) lines.push({ record: "message", data: { ...presentMessage(message), edits: edits.get(id) ?? [] } });
    }
  });
  return { lines, ...place };
};

const notifications: Part = async ({ db, tenantId, subject }, after) => {
  const rows = await listPersonNotifications(db.forTenant(tenantId), tenantId, {
    userId: subject,
    after,
    limit: rowsAStep,
  });
  return page("notification", rows, ({ id }) => id);
};

const deliveries: Part = async ({ db, tenantId, subject }, after) => {
  const rows = await listPersonDeliveries(db, tenantId, { userId: subject, after, limit: rowsAStep });
  const tries = await listAttempts(
    db,
    tenantId,
    rows.map(({ id }) => id),
  );
  return page(
    "delivery",
    rows.map((row) => ({ ...row, tries: tries.filter(({ deliveryId }) => deliveryId === row.id) })),
    ({ id }) => id,
  );
};

const calls: Part = async ({ db, tenantId, subject }, after) => {
  const rows = await listPersonCalls(db, tenantId, { userId: subject, after, limit: rowsAStep });
  return page("call", rows, ({ id }) => id);
};

const pastMemberships: Part = async ({ db, tenantId, subject }, after) => {
  const rows = await listPastMemberships(db, tenantId, { userId: subject, after, limit: rowsAStep });
  return { ...page("pastMembership", rows, ({ chatId }) => chatId), done: 0 };
};

const auditEntries: Part = async ({ db, tenantId, subject }, after) => {
  const rows = await listPersonEntries(db, tenantId, { userId: subject, after, limit: rowsAStep });
  return { ...page("auditEntry", rows, ({ id }) => id), done: 0 };
};

/** Everything that is kept of a person. */
export const personFile: Plan = {
  // A task under way goes on by the place of its part: others come at the end.
  parts: [few, memberships, messages, notifications, deliveries, calls, pastMemberships, auditEntries],
  count: ({ db, tenantId, subject }) => countPersonRows(db, tenantId, subject),
};

function page<Row extends { tenantId: string }>(record: string, rows: Row[], placeOf: (row: Row) => string) {
  const last = rows.length === rowsAStep ? rows.at(-1) : undefined;
  const lines = rows.map(({ tenantId: _, ...data }) => ({ record, data }));
  return { lines, done: rows.length, next: last && placeOf(last) };
}
