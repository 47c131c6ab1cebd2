import { startDatabase } from "./database.ts";
import { startHosted } from "./hosted.ts";
import { HttpCaller } from "./http-caller.ts";
import { interleave, median, print } from "./rounds.ts";

// What a chat's size costs: the same calls in a chat of 100,000 members, in one of 1,000,000 messages and in one of 10 members and 100
// messages, one call at a time in turn. Medians of the calls.

const callsEach = 100;

interface Chat {
  name: string;
  id: string;
  members: number;
  messages: number;
}

const small: Chat = { name: "small", id: "00000000-0000-7000-8000-000000000001", members: 10, messages: 100 };
const large: Chat[] = [
  { name: "100,000 members", id: "00000000-0000-7000-8000-000000000002", members: 100_000, messages: 100 },
  { name: "1,000,000 messages", id: "00000000-0000-7000-8000-000000000003", members: 10, messages: 1_000_000 },
];

const pageSize = 50;
const readPaths: Record<string, (chat: Chat) => string> = {
  "a first page": ({ id }) => `${id}/messages?limit=${pageSize}`,
  "a page deep in, by cursor": ({ id, messages }) => `${id}/messages?limit=${pageSize}&before=${messages / 2 + 1}`,
  "a page deep in, by number": ({ id, messages }) =>
    `${id}/messages?pageSize=${pageSize}&pageNumber=${messages / pageSize}`,
  "a badge": ({ id }) => id,
};

export async function benchScale(): Promise<void> {
  const database = await startDatabase();
  const hosted = await startHosted(database);
  try {
    for (const chat of [small, ...large]) await database.query(fillChat(chat));
    await database.query("update tenant_log set position = 2000000, floor = 2000000");
    const [writer = "", reader = ""] = await hosted.server.ask("tokens", ["m1", "m2"]);
    const caller = await HttpCaller.open(hosted.port);
    const read = async (chat: Chat, path: (chat: Chat) => string) =>
      timed(() => caller.call("GET", `/tenant/bench/v1/Chat/${path(chat)}`, reader), 200);
    const send = (chat: Chat) =>
      timed(() => caller.call("POST", `/tenant/bench/v1/Chat/${chat.id}/messages`, writer, '{"content":"Hello"}'), 201);
    for (const chat of large) {
      await compareCalls(
        `a send, ${chat.name}`,
        () => send(chat),
        () => send(small),
      );
      for (const [name, path] of Object.entries(readPaths))
        await compareCalls(
          `${name}, ${chat.name}`,
          () => read(chat, path),
          () => read(small, path),
        );
    }
    caller.close();
  } finally {
    await hosted.stop();
    await database.stop();
  }
}

async function compareCalls(name: string, large: () => Promise<number>, small: () => Promise<number>): Promise<void> {
  const times = await interleave(large, small, callsEach * 3);
  const [ours, baseline] = [median(times[0]), median(times[1])];
  print({ title: `${name} against a small chat`, unit: "ms", ours, baseline, ratio: ours / baseline }, "≤ 1.5");
}

async function timed(call: () => Promise<{ status: number; body: string }>, expected: number): Promise<number> {
  const began = performance.now();
  const { status, body } = await call();
  if (status !== expected) throw new Error(`answered ${status}: ${body}`);
  return performance.now() - began;
}

/** A chat as years of use would leave it: everything older than the log's retention. Messages are of others than the reader. */
function fillChat({ id, members, messages }: Chat): string {
  return `
    insert into chats (tenant_id, id, kind, created_by) values ('bench', '${id}', 'group', 'm1');
    insert into chat_heads (tenant_id, chat_id, last_seq, last_position, member_count)
      values ('bench', '${id}', ${messages}, ${messages}, ${members});
    insert into members (tenant_id, chat_id, user_id) select 'bench', '${id}', 'm' || i from generate_series(1, ${members}) i;
    insert into membership_spans (tenant_id, chat_id, user_id, from_position)
      select 'bench', '${id}', 'm' || i, 0 from generate_series(1, ${members}) i;
    insert into messages (tenant_id, chat_id, seq, id, sender_id, content, position, created_at)
      select 'bench', '${id}', i, gen_random_uuid(), 'm1', 'Message ' || i || repeat(' and more', 8), i, now()
      from generate_series(1, ${messages}) i;`;
}
