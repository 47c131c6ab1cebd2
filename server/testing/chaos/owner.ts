import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { expect } from "vitest";

/** One row of the log as the owner of the tables sees it. */
export interface LogRow {
  position: number;
  type: string;
  chatId: string | null;
  userId: string | null;
  seq: number | null;
  payload: Record<string, unknown>;
}

/** Looks at the tables past every wall, and breaks things that only an operator can break. */
export class Owner {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  static async open(url: string): Promise<Owner> {
    const client = new Client({ connectionString: url, application_name: "owner" });
    client.on("error", () => {}); // a test may stop the server; the next query tells
    await client.connect();
    return new Owner(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** Makes chats with the same members, all of them there from the beginning of the log. */
  async makeChats(tenantId: string, count: number, userIds: string[]): Promise<string[]> {
    const { rows } = await this.client.query<{ id: string }>(
      `with made as (insert into chats (tenant_id, id, kind, created_by)
         select $1, gen_random_uuid(), 'group', ($3::text[])[1] from generate_series(1, $2::int) returning id),
       heads as (insert into chat_heads (tenant_id, chat_id, member_count) select $1, id, cardinality($3::text[]) from made),
       members as (insert into members (tenant_id, chat_id, user_id) select $1, id, u from made, unnest($3::text[]) u),
       spans as (insert into membership_spans (tenant_id, chat_id, user_id, from_position) select $1, id, u, 1 from made, unnest($3::text[]) u)
       select id from made`,
      [tenantId, count, userIds],
    );
    return rows.map((row) => row.id);
  }

  async log(tenantId: string): Promise<LogRow[]> {
    const { rows } = await this.client.query<LogRow>(
      `select position::float8 as position, type, chat_id as "chatId", user_id as "userId", seq::float8 as seq, payload
       from events where tenant_id = $1 order by position`,
      [tenantId],
    );
    return rows;
  }

  /** What the user may see of a log, by the spans alone: the rule in its shortest form. */
  async visibleTo(tenantId: string, userId: string, log: LogRow[]): Promise<LogRow[]> {
    const { rows: spans } = await this.client.query<{ chatId: string; from: number; to: number | null }>(
      `select chat_id as "chatId", from_position::float8 as "from", to_position::float8 as "to" from membership_spans
       where tenant_id = $1 and user_id = $2`,
      [tenantId, userId],
    );
    return log.filter(
      (row) =>
        row.userId === userId ||
        spans.some(
          ({ chatId, from, to }) =>
            chatId === row.chatId && row.position >= from && (to === null || row.position <= to),
        ),
    );
  }

  /** Holds a tenant's log until a flush waits for it, and from then on. Answers the process that flushes. */
  async holdFlush(tenantId: string): Promise<number> {
    await this.client.query("begin");
    await this.client.query("select 1 from tenant_log where tenant_id = $1 for update", [tenantId]);
    for (;;) {
      const { rows } = await this.client.query<{ pid: number }>(
        `select pid from pg_stat_activity
         where application_name = 'parley lanes' and pg_backend_pid() = any (pg_blocking_pids(pid))`,
      );
      if (rows[0]) return rows[0].pid;
      await sleep(5);
    }
  }

  /** Ends connections of the service by the name they carry, as a failing server would. */
  async terminate(name: string): Promise<number> {
    const { rows } = await this.client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1",
      [name],
    );
    return rows.length;
  }
}

/** Positions count 1, 2, 3 … in the log and seqs in each chat; the heads say the same, and every message has its one event. */
export async function expectSoundLog(owner: Owner, tenantId: string): Promise<LogRow[]> {
  const log = await owner.log(tenantId);
  expect(log.map((row) => row.position)).toEqual(log.map((_, index) => index + 1));
  const created = log.filter((row) => row.type === "message.created");
  const last = new Map<string, number>();
  for (const { chatId, seq, position } of created) {
    const expected = (last.get(chatId ?? "") ?? 0) + 1;
    if (seq !== expected)
      throw new Error(`seq ${seq} where ${expected} was due in chat ${chatId}, position ${position}`);
    last.set(chatId ?? "", expected);
  }
  const { rows } = await owner.client.query(
    `select l.position::int as head, (select count(*)::int from messages m where m.tenant_id = $1) as messages,
       (select count(*)::int from messages m join events e on e.tenant_id = m.tenant_id and e.position = m.position
          and e.seq = m.seq and e.chat_id = m.chat_id and e.payload ->> 'id' = m.id::text where m.tenant_id = $1) as matching,
       (select count(*)::int from chat_heads h where h.tenant_id = $1 and h.last_seq is distinct from
          (select coalesce(max(m.seq), 0) from messages m where m.tenant_id = $1 and m.chat_id = h.chat_id)) as wrong_heads
     from tenant_log l where l.tenant_id = $1`,
    [tenantId],
  );
  const { length } = created;
  expect(rows[0]).toEqual({ head: log.length, messages: length, matching: length, wrong_heads: 0 });
  return log;
}

/** Members are who has an open span; heads count them; nothing happens in a chat after its end; reads stay within the chat. */
export async function expectSoundMembership(owner: Owner): Promise<void> {
  const { rows: found } = await owner.client.query(`select
    (select count(*)::int from members m full join (select * from membership_spans where to_position is null) s
       using (tenant_id, chat_id, user_id) where m.role is null or s.from_position is null) as unmatched,
    (select count(*)::int from chat_heads h join chats c on c.id = h.chat_id and c.deleted_at is null
       where h.member_count <> (select count(*) from members m where m.chat_id = h.chat_id)) as miscounted,
    (select count(*)::int from chat_heads h join members m using (tenant_id, chat_id) where m.last_read_seq > h.last_seq) as ahead,
    (select count(*)::int from events e join events d on d.chat_id = e.chat_id and d.type = 'chat.deleted' and e.position > d.position) as late,
    (select count(*)::int from chat_heads h where h.last_position is distinct from
       (select max(e.position) from events e where e.chat_id = h.chat_id)) as misplaced,
    (select count(*)::int from membership_spans a join membership_spans b using (tenant_id, chat_id, user_id)
       where a.from_position < b.from_position and (a.to_position is null or a.to_position >= b.from_position)) as overlapping`);
  expect(found).toEqual([{ unmatched: 0, miscounted: 0, ahead: 0, late: 0, misplaced: 0, overlapping: 0 }]);
}
