import { publicChat } from "../../domain/chats/presenter.ts";
import { getTenantChat } from "../../domain/chats/store.ts";
import { furthestReadOf } from "../../domain/members/schema.ts";
import { presentMessage } from "../../domain/messages/schema.ts";
import { listEditsOf, listMessages } from "../../domain/messages/store.ts";
import { listMembersAfter } from "./person-store.ts";
import type { Part, Plan } from "./plan.ts";

const membersAStep = 1000;
const messagesAStep = 500;

const chat: Part = async ({ db, tenantId, subject }) => {
  const { activeAt, deletedAt, ...found } = await getTenantChat(db, tenantId, subject);
  return { lines: [{ record: "chat", data: { ...publicChat(found), activeAt, deletedAt } }], done: 1 };
};

const members: Part = async ({ db, tenantId, subject }, at) => {
  const rows = await listMembersAfter(db, tenantId, { chatId: subject, after: at, limit: membersAStep });
  const lines = rows.map(({ tenantId: _, setBackFrom, ...data }) => ({
    record: "member",
    data: { ...data, lastReadSeq: furthestReadOf({ ...data, setBackFrom }) },
  }));
  return { lines, done: rows.length, next: rows.length === membersAStep ? rows.at(-1)?.userId : undefined };
};

const messages: Part = async ({ db, tenantId, subject }, at) => {
  const range = { from: Number(at ?? 0) + 1, to: Number.MAX_SAFE_INTEGER, limit: messagesAStep, order: "asc" as const };
  const rows = await listMessages(db, tenantId, subject, range);
  const edited = rows.filter(({ editedAt }) => editedAt).map(({ id }) => id);
  const edits = await listEditsOf(db, tenantId, edited);
  const lines = rows.map((row) => ({
    record: "message",
    data: { ...presentMessage(row), edits: edits.get(row.id) ?? [] },
  }));
  return { lines, done: rows.length, next: rows.length === messagesAStep ? String(rows.at(-1)?.seq) : undefined };
};

/** A chat, who is in it, and all that was written there, in order. */
export const chatFile: Plan = {
  parts: [chat, members, messages],
  async count({ db, tenantId, subject }) {
    const { memberCount, lastSeq } = await getTenantChat(db, tenantId, subject);
    return 1 + memberCount + lastSeq;
  },
};
