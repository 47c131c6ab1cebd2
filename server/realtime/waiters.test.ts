import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { storeMessage } from "../domain/messages/lane-store.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import type { EventType } from "../events.ts";
import { newId } from "../ids.ts";
import { Cursors } from "../log/cursor.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { unitOfWork } from "../persistence/unit-of-work.ts";
import { Owner } from "../testing/chaos/owner.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { Hub } from "./hub.ts";
import { Waiters } from "./waiters.ts";

let database: TestDatabase;
let owner: Owner;
let db: Database;
let hub: Hub;
let tenantId: TenantId;
let theirs: string;
let ours: string;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await Owner.open(database.ownerUrl);
  db = openDatabase({ url: database.runtimeUrl });
  ({ tenantId } = await createTenant(db, "secret", { id: "one", name: "One" }));
  [theirs = ""] = await owner.makeChats(tenantId, 1, ["ada"]);
  [ours = ""] = await owner.makeChats(tenantId, 1, ["ada", "ben"]);
  hub = new Hub({ db, cursors: new Cursors("secret"), onError: (error) => expect(error).toBeUndefined() });
});
afterAll(async () => {
  await Promise.all([db.close(), owner.close()]);
  await database.drop();
});

async function send(chatId: string): Promise<number> {
  const message = { id: newId(), chatId, senderId: "ada", content: "x", metadata: {} };
  await storeMessage(db, tenantId, { message, bodyHash: "" });
  const { rows } = await owner.client.query("select position::int from tenant_log where tenant_id = $1", [tenantId]);
  return rows[0].position;
}

/** Whether a wait of ben's has ended. */
function wait(
  waiters: Waiters,
  after: number,
  options: { seconds?: number; signal?: AbortSignal; kinds?: ReadonlySet<EventType> } = {},
) {
  const state = { over: false, promise: Promise.resolve() };
  state.promise = waiters.wait(tenantId, "ben", after, { seconds: 20, ...options }).finally(() => {
    state.over = true;
  });
  return state;
}

test("ends at the first event that the reader sees, and at no other", async () => {
  const after = await send(ours);
  await send(theirs); // before the wait begins: what others do does not end it
  const waiting = wait(new Waiters(hub), after);
  for (let i = 0; i < 5; i++) await send(theirs);
  await sleep(100);
  expect(waiting.over).toBe(false);
  await send(ours);
  await waiting.promise;
  expect(hub.tenantIds()).toEqual([]);
});

test("is not ended by an event of another kind than those asked for", async () => {
  const after = await send(theirs);
  await send(ours);
  const waiting = wait(new Waiters(hub), after, { kinds: new Set(["chat.updated"]) });
  const listens = async () => {
    while (!hub.tenantHub(tenantId)?.sees("ben", ours)) await turn();
    return "waits";
  };
  expect(await Promise.race([waiting.promise.then(() => "over"), listens()])).toBe("waits");
  await unitOfWork(db, tenantId, async ({ lockHead, emit }) => {
    await lockHead();
    emit({ type: "chat.updated", chatId: ours, payload: {} });
  });
  await waiting.promise;
});

test("ends at once when such an event came before it began", async () => {
  const after = await send(theirs);
  await send(ours);
  await wait(new Waiters(hub), after).promise;
});

test("ends after its time, and when its caller goes away", async () => {
  const after = await send(ours);
  const caller = new AbortController();
  const [timed, dropped] = [
    wait(new Waiters(hub), after, { seconds: 0.2 }),
    wait(new Waiters(hub), after, { signal: caller.signal }),
  ];
  await timed.promise;
  expect(dropped.over).toBe(false);
  caller.abort();
  await dropped.promise;
  expect(hub.tenantIds()).toEqual([]);
});

test("ends with the node, as does any that comes after", async () => {
  const after = await send(ours);
  const waiters = new Waiters(hub);
  const waiting = wait(waiters, after);
  await sleep(50);
  waiters.close();
  await expect(waiting.promise).rejects.toMatchObject({ code: "unavailable" });
  await expect(wait(waiters, after).promise).rejects.toMatchObject({ code: "unavailable" });
});
