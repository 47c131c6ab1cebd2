import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type BenchDatabase, startDatabase } from "./database.ts";
import { nursery } from "./process.ts";
import { compare, print } from "./rounds.ts";

// Durable sends a second where they are committed: our lanes with row-level security against the least a send can be without any of
// it, one INSERT + UPDATE a commit over 16 connections. Each runs in a process of its own on the same Postgres, with fsync.

const worker = fileURLToPath(new URL("./commit-worker.ts", import.meta.url));

export async function benchCommitPath(): Promise<void> {
  const database = await startDatabase();
  try {
    await makeBaseline(database);
    await measure("a fresh database", database);
    await grow(database);
    await measure("a database grown by 1,000,000 messages", database);
    await database.query("analyze");
    await measure("the same, analysed", database);
  } finally {
    await database.stop();
  }
}

async function measure(state: string, { ownerUrl, runtimeUrl }: BenchDatabase): Promise<void> {
  for (const [inFlight, tenants, chats] of [
    [256, 20, 10],
    [64, 20, 10],
    [16, 20, 10],
    [256, 1, 20],
    [256, 1, 1],
  ] as const) {
    const where = `${tenants} tenant${tenants > 1 ? "s" : ""} × ${chats} chat${chats > 1 ? "s" : ""}`;
    const result = await compare({
      title: `commit path, ${state}, ${inFlight} in flight, ${where}`,
      unit: "sends/s",
      ours: { name: "lanes", run: () => runWorker("lanes", runtimeUrl, inFlight, chats, tenants) },
      baseline: { name: "insert + update", run: () => runWorker("baseline", ownerUrl, 16, chats, tenants) },
    });
    print(result, inFlight === 256 && tenants > 1 ? "≥ 2" : "none");
  }
}

/** Sends a second of one kind, in a process of its own. */
export async function runWorker(
  kind: string,
  url: string,
  inFlight: number,
  chats: number,
  tenants = 1,
): Promise<number> {
  const child = fork(worker, [kind, url, ...[inFlight, chats, tenants].map(String)], {
    execArgv: [nursery, "--import", "tsx"],
  });
  const [rate] = (await once(child, "message")) as [number];
  await once(child, "exit");
  return rate;
}

/** The least tables that hold chats with a counter and their messages. */
export async function makeBaseline(database: BenchDatabase): Promise<void> {
  await database.query(
    `create table base_chats (id int primary key, last_seq bigint not null default 0);
    create table base_messages (chat_id int, seq bigint, id uuid, sender_id text, content text, created_at timestamptz default now(), primary key (chat_id, seq));
    insert into base_chats select generate_series(1, 200)`,
  );
}

/** Two tenants' worth of history; nothing is analysed, as on a database that just filled up. */
async function grow(database: BenchDatabase): Promise<void> {
  await database.query(
    `insert into messages (tenant_id, chat_id, seq, id, sender_id, content, position, created_at)
    select 'grown', md5((i % 1000)::text)::uuid, i, gen_random_uuid(), 'u' || i % 50, repeat('x', 80), i, now() from generate_series(1, 1000000) i;
    insert into events (tenant_id, position, type, chat_id, seq, payload, at)
    select 'grown', i, 'message.created', md5((i % 1000)::text)::uuid, i, '{"content": "x"}', now() from generate_series(1, 1000000) i;
    insert into base_messages select i % 1000 + 1000, i, gen_random_uuid(), 'u', repeat('x', 80), now() from generate_series(1, 1000000) i`,
  );
}
