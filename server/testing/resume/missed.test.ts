import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { missTenThousand } from "../chaos/missed.ts";
import { Owner } from "../chaos/owner.ts";
import { readByRest } from "../chaos/readers.ts";
import { type ApiProcess, type Fleet, openFleet } from "../processes.ts";
import { type Heard, resumeColumns } from "./columns.ts";

// One of each that is held back in a way of its own.
const columns = [...new Map(resumeColumns.map((column) => [column.pace, column])).values()];
const inOrder = (told: Pick<Heard, "id">[]) => told.map(({ id }) => id);
const byChat = (told: Pick<Heard, "id" | "chatId">[]) => {
  const chats: Record<string, string[]> = {};
  for (const { id, chatId } of told) chats[String(chatId)] = [...(chats[String(chatId)] ?? []), id];
  return chats;
};
let fleet: Fleet;
let owner: Owner;
let node: ApiProcess;

beforeAll(async () => {
  fleet = await openFleet();
  owner = await Owner.open(fleet.database.ownerUrl);
  node = await fleet.start();
}, 150_000);
afterAll(async () => {
  await owner.close();
  await fleet.close();
});

test("10,000 missed events over 500 chats reach every protocol whole, all at once, in bounded memory", async () => {
  const tenant = await fleet.tenant("missed");
  const token = await tenant.token("reader");
  const { cursor: since } = await readByRest(node, tenant, token);
  await missTenThousand(owner, tenant.id);
  const expected = (await owner.log(tenant.id)).map(({ payload }) => ({
    id: String(payload.id),
    chatId: String(payload.chatId),
  }));
  const before = node.rss();
  let most = before;
  const place = { url: node.url, tenantId: tenant.id, token, since, full: true };
  const readers = await Promise.all(columns.map(({ open }) => open(place)));
  const all = () => {
    most = Math.max(most, node.rss());
    return readers.every(({ heard }) => heard.length >= expected.length);
  };
  await vi.waitUntil(all, { timeout: 80_000, interval: 100 });
  for (const [index, { heard, resyncs }] of readers.entries()) {
    expect(resyncs).toEqual([]);
    const told = columns[index]?.order === "chat" ? byChat : inOrder;
    expect(told(heard), columns[index]?.name).toEqual(told(expected));
  }
  // Measured: 150, most of it what the collector has not taken yet. Readers that do not read at all: chaos/resume.test.ts.
  expect(most - before).toBeLessThan(300);
  await Promise.all(readers.map((reader) => reader.close()));
}, 150_000);
