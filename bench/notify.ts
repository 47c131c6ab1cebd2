import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type BenchDatabase, startDatabase } from "./database.ts";
import { type Hosted, startHosted } from "./hosted.ts";
import type { JobWorker } from "./job-worker.ts";
import { startProcess } from "./process.ts";
import { interleave, median, print } from "./rounds.ts";

// One send to 10,000 users, worked by the worker role, against one INSERT of the very same rows, and what its tenant feels of it.

const recipients = 10_000;
const senders = 8;
/** Each is a fraction of a second after a pause, and a processor that comes from a pause may be half as fast as it was. */
const rounds = 9;

interface Send {
  rowsPerSecond: number;
  /** From the answer to the first recipient's event, in ms */
  firstAfter: number;
  /** With what the planner then decides of each recipient's delivery channels */
  plannedPerSecond: number;
  /** Of the tenant's chat, while it ran and until all of it was planned */
  chatsPerSecond: number;
}

export async function benchNotify(): Promise<void> {
  const database = await startDatabase();
  const hosted = await startHosted(database);
  const worker = await startProcess<JobWorker>("job-worker", { args: [database.ownerUrl, database.runtimeUrl] });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    await makePlain(database);
    const bench = await Bench.open(hosted, owner);
    const [sends, plain] = await interleave(
      () => bench.send(false),
      () => bench.insertPlain(),
      rounds,
    );
    const rate = (list: Send[]) => median(list.map(({ rowsPerSecond }) => rowsPerSecond));
    const ratio = { unit: "recipients/s", ours: rate(sends), baseline: median(plain) };
    print({ title: "one send to 10,000", ...ratio, ratio: ratio.ours / ratio.baseline }, "≥ 0.5");
    const planned = { ...ratio, ours: median(sends.map(({ plannedPerSecond }) => plannedPerSecond)) };
    print(
      { title: "with the decisions on their deliveries", ...planned, ratio: planned.ours / planned.baseline },
      "none",
    );
    const [busy, calm] = await interleave(
      () => bench.send(true),
      () => bench.chat(),
      rounds,
    );
    const first = median([...sends, ...busy].map(({ firstAfter }) => firstAfter));
    print(
      { title: "its first event after the answer", unit: "ms", ours: first, baseline: 100, ratio: first / 100 },
      "≤ 1",
    );
    const chats = { unit: "sends/s", ours: median(busy.map((one) => one.chatsPerSecond)), baseline: median(calm) };
    print({ title: "chat sends meanwhile", ...chats, ratio: chats.ours / chats.baseline }, "> 0.75");
  } finally {
    await owner.end();
    await worker.stop();
    await hosted.stop();
    await database.stop();
  }
}

/** The tables that the rows go to, indexes and all, with nothing that decides over them. */
function makePlain(database: BenchDatabase): Promise<void> {
  return database.query(
    "create table plain_notifications (like notifications including all); create table plain_events (like events including all)",
  );
}

class Bench {
  private readonly base: string;
  private readonly key: string;
  private readonly owner: pg.Client;
  private readonly users = Array.from({ length: recipients }, (_, n) => `user-${String(n).padStart(6, "0")}`);
  private readonly firstToken: string;
  private readonly writers: { path: string; token: string };
  private lastBatch = "";

  private constructor(options: {
    base: string;
    key: string;
    owner: pg.Client;
    firstToken: string;
    writers: Bench["writers"];
  }) {
    this.base = options.base;
    this.key = options.key;
    this.owner = options.owner;
    this.firstToken = options.firstToken;
    this.writers = options.writers;
  }

  static async open({ server, port }: Hosted, owner: pg.Client): Promise<Bench> {
    const [firstToken = "", token = ""] = await server.ask("tokens", ["user-000000", "w1"]);
    const chatId = await server.ask("chat", ["w1", "w2"]);
    const base = `http://127.0.0.1:${port}/tenant/bench/v1`;
    const writers = { path: `/Chat/${chatId}/messages`, token };
    return new Bench({ base, key: await server.ask("key"), owner, firstToken, writers });
  }

  async send(chatting: boolean): Promise<Send> {
    const { nextCursor } = await this.call<{ nextCursor: string }>("GET", "/events", this.firstToken);
    const heard = this.call("GET", `/events?after=${nextCursor}&wait=20`, this.firstToken).then(() =>
      performance.now(),
    );
    const over = new AbortController();
    const chat = chatting ? this.writeChat(over.signal) : undefined;
    const content = {
      userIds: this.users,
      subject: "Ten minutes late",
      message: "The nine o'clock ferry leaves at ten past.",
      type: "Delay",
    };
    const { id } = await this.call<{ id: string }>("POST", "/Notifications/bulk", undefined, content);
    const accepted = performance.now();
    while (!(await this.isDone(id))) await sleep(chatting ? 100 : 5); // beside the chats nobody measures when it is done
    const seconds = (performance.now() - accepted) / 1000;
    this.lastBatch = id;
    await this.planned();
    const withPlan = (performance.now() - accepted) / 1000;
    over.abort();
    return {
      rowsPerSecond: recipients / seconds,
      firstAfter: (await heard) - accepted,
      plannedPerSecond: recipients / withPlan,
      chatsPerSecond: ((await chat) ?? 0) / withPlan,
    };
  }

  /** Asked of the database: fifty calls of the api, of which the plain side makes none, would be part of what is measured. */
  private async isDone(id: string): Promise<boolean> {
    const sql = "select status = 'done' as done from notification_batches where tenant_id = 'bench' and id = $1";
    return (await this.owner.query<{ done: boolean }>(sql, [id])).rows[0]?.done ?? false;
  }

  /** Until each recipient has decision rows: what is measured next must not run beside them. */
  private async planned(): Promise<void> {
    const parts = [
      "select max(position) from notifications where tenant_id = 'bench' and batch_id = $1",
      "select position >= $1 as done from planner_cursors where tenant_id = 'bench' and consumer = 'deliveries'",
    ] as const;
    const [last] = (await this.owner.query<{ max: string }>(parts[0], [this.lastBatch])).rows;
    for (let done = false; !done; ) {
      await sleep(20);
      done = (await this.owner.query<{ done: boolean }>(parts[1], [last?.max])).rows[0]?.done ?? false;
    }
  }

  /** The same rows by one INSERT each, in one commit. */
  async insertPlain(): Promise<number> {
    await this.owner.query("truncate plain_notifications, plain_events");
    const started = performance.now();
    await this.owner.query("begin");
    const { rowCount } = await this.owner.query(
      "insert into plain_notifications select * from notifications where tenant_id = 'bench' and batch_id = $1",
      [this.lastBatch],
    );
    await this.owner.query(
      `insert into plain_events select e.* from events e join plain_notifications n on e.tenant_id = n.tenant_id and e.position = n.position`,
    );
    await this.owner.query("commit");
    return (rowCount ?? 0) / ((performance.now() - started) / 1000);
  }

  /** Chat sends a second while nothing else goes on. */
  async chat(): Promise<number> {
    const over = new AbortController();
    setTimeout(() => over.abort(), 1000);
    return await this.writeChat(over.signal);
  }

  /** Writes until it is over; answers how often. */
  private async writeChat(over: AbortSignal): Promise<number> {
    let written = 0;
    const write = async () => {
      while (!over.aborted) {
        await this.call("POST", this.writers.path, this.writers.token, { content: "Hello" });
        written++;
      }
    };
    await Promise.all(Array.from({ length: senders }, write));
    return written;
  }

  private async call<T>(method: string, path: string, token?: string, body?: object): Promise<T> {
    const who: Record<string, string> =
      token === undefined ? { "x-api-key": this.key } : { authorization: `Bearer ${token}` };
    const response = await fetch(this.base + path, {
      method,
      headers: { ...who, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
