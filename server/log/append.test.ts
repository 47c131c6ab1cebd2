import { afterAll, beforeAll, expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { storeMessage } from "../domain/messages/lane-store.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import type { LogEvent } from "../events.ts";
import { newId } from "../ids.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { tenantTransaction } from "../persistence/prisma.ts";
import { unitOfWork } from "../persistence/unit-of-work.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { findReaderState, readEvents } from "./store.ts";

let database: TestDatabase;
let db: Database;
let tenantId: TenantId;
const committed: LogEvent[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.runtimeUrl });
  ({ tenantId } = await createTenant(db, "secret", { id: "one", name: "One" }));
  db.onCommit((_tenant, events) => void committed.push(...events));
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

async function makeChat(userIds: string[]): Promise<string> {
  const chatId = newId();
  await tenantTransaction(db.prisma, tenantId, async (tx) => {
    await tx.chat.create({ data: { tenantId, id: chatId, kind: "group", createdBy: userIds[0] ?? "" } });
    await tx.chatHead.create({ data: { tenantId, chatId, memberCount: userIds.length } });
    await tx.member.createMany({ data: userIds.map((userId) => ({ tenantId, chatId, userId })) });
  });
  return chatId;
}

const send = (chatId: string, senderId: string, content: string) =>
  storeMessage(db, tenantId, { message: { id: newId(), chatId, senderId, content, metadata: {} }, bodyHash: content });

test("positions are 1..n in commit order over lanes and units of work, and what was handed over equals what is stored", async () => {
  const chats = await Promise.all(Array.from({ length: 5 }, () => makeChat(["ada", "ben"])));
  const writers = Array.from({ length: 16 }, async (_, w) => {
    for (let i = 0; i < 25; i++) {
      const chatId = chats[(w + i) % chats.length] ?? "";
      if (i % 10 === 9)
        await unitOfWork(db, tenantId, async ({ lockHead, emit }) => {
          await lockHead();
          emit({ type: "member.updated", chatId, payload: { chatId, userId: "ada", role: "member" } });
        });
      else await send(chatId, w % 2 ? "ada" : "ben", `${w}/${i}`);
    }
  });
  await Promise.all(writers);
  const stored = await readEvents(db.pool, tenantId, { after: 0, upto: Number.MAX_SAFE_INTEGER, limit: 1000 });
  expect(stored.map((event) => event.position)).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
  const handed = committed.filter((event) => event.tenantId === tenantId).sort((a, b) => a.position - b.position);
  expect(handed).toEqual(stored);
  for (const chatId of chats) {
    const seqs = stored
      .filter((event) => event.chatId === chatId && event.type === "message.created")
      .map((event) => event.seq);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  }
  expect((await findReaderState(db.pool, tenantId))?.position).toBe(400);
});

test("a send to a chat one is not in stores nothing and takes no position", async () => {
  const chatId = await makeChat(["ada"]);
  const before = (await findReaderState(db.pool, tenantId))?.position;
  await expect(send(chatId, "eve", "x")).rejects.toMatchObject({ code: "not_found" });
  expect((await findReaderState(db.pool, tenantId))?.position).toBe(before);
});
