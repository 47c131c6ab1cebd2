import pg from "pg";
import type { TenantId } from "../server/auth/principal.ts";
import { bodyHashOf } from "../server/caller.ts";
import { storeMessage } from "../server/domain/messages/lane-store.ts";
import { createTenant } from "../server/domain/tenants/make-tenant.ts";
import { newId } from "../server/ids.ts";
import { openDatabase } from "../server/persistence/database.ts";
import { makeChat } from "./make-chat.ts";

const seconds = 3;
const members = ["ada", ...Array.from({ length: 9 }, (_, i) => `member-${i}`)];
const text = "The 14:20 to Westport leaves from berth 3, cars first please.";
const [kind, url = "", inFlight, chats, tenants = "1"] = process.argv.slice(2);
const rate =
  kind === "lanes"
    ? await lanes(Number(inFlight), Number(chats), Number(tenants))
    : await baseline(Number(inFlight), Number(chats) * Number(tenants));
process.send?.(rate);
process.disconnect?.();

/** `count` chats in each of so many tenants. */
async function lanes(concurrency: number, count: number, tenantCount: number): Promise<number> {
  const db = openDatabase({ url });
  const chats: { tenantId: TenantId; chatId: string }[] = [];
  for (let t = 0; t < tenantCount; t++) {
    const { tenantId } = await createTenant(db, "bench", { id: `bench-${newId().slice(-12)}`, name: "Bench" });
    for (let c = 0; c < count; c++) chats.push({ tenantId, chatId: await makeChat(db, tenantId, members) });
  }
  const rate = await load(concurrency, async (i) => {
    const { tenantId, chatId } = chats[(i * 7) % chats.length] as { tenantId: TenantId; chatId: string };
    const message = { id: newId(), chatId, senderId: "ada", content: text, metadata: {}, clientMessageId: newId() };
    await storeMessage(db, tenantId, { message, bodyHash: bodyHashOf({ chatId, text }) });
  });
  await db.close();
  return rate;
}

async function baseline(connections: number, count: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  const rate = await load(connections, async (i) => {
    await pool.query({
      name: "send",
      text: `with c as (update base_chats set last_seq = last_seq + 1 where id = $1 returning last_seq)
        insert into base_messages (chat_id, seq, id, sender_id, content) select $1, c.last_seq, $2, $3, $4 from c`,
      values: [(i % count) + 1, newId(), "ada", text],
    });
  });
  await pool.end();
  return rate;
}

/** Keeps so many calls in flight for the time; calls a second after a warm-up. */
async function load(concurrency: number, call: (i: number) => Promise<void>): Promise<number> {
  let done = 0;
  let next = 0;
  const began = performance.now();
  let counted = began;
  const warm = began + 500;
  const end = warm + seconds * 1000;
  const writer = async () => {
    while (performance.now() < end) {
      await call(next++);
      if (performance.now() < warm) counted = performance.now();
      else done++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, writer));
  return done / ((performance.now() - counted) / 1000);
}
