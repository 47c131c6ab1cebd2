import { startDatabase } from "./database.ts";
import { hubPath, startHosted } from "./hosted.ts";
import type { Listeners, Load } from "./load.ts";
import { type BenchProcess, startProcess } from "./process.ts";
import { interleave, median, print } from "./rounds.ts";
import type { WsServer } from "./ws-server.ts";

// Memory of a server for each idle connection: ours authenticated, joined to the log and present, against bare `ws` on an HTTP server.
// After garbage collection, in processes that are new in every round. The first connections fill what the process holds in reserve; only
// those after them count. The resident size still has some reserve in it, the heap has none.

const first = 1000;
const connections = 4000;
const users = 200;
const collecting = ["--expose-gc"];

interface Cost {
  rss: number;
  heap: number;
}

export async function benchMemory(): Promise<void> {
  const [ours, theirs] = await interleave(measureHub, measureBare);
  for (const [kind, name] of [
    ["rss", "resident memory"],
    ["heap", "heap and buffers"],
  ] as const) {
    const [mine, other] = [median(ours.map((cost) => cost[kind])), median(theirs.map((cost) => cost[kind]))];
    const title = `${name} of an idle connection, ${connections} connections of ${users} users against bare ws`;
    print({ title, unit: "KiB", ours: mine, baseline: other, ratio: mine / other }, "≤ 1.5");
  }
}

async function measureHub(): Promise<Cost> {
  const database = await startDatabase();
  const hosted = await startHosted(database, collecting);
  try {
    const userIds = Array.from({ length: users }, (_, i) => `user-${i}`);
    const tokens = await hosted.server.ask("tokens", userIds);
    await hosted.server.ask("chat", userIds);
    return await measure(hosted, (i) => hubPath(tokens[i % users] ?? ""), "signalr");
  } finally {
    await hosted.stop();
    await database.stop();
  }
}

async function measureBare(): Promise<Cost> {
  const server = await startProcess<WsServer>("ws-server", { node: collecting });
  const load = await startProcess<Load>("load");
  const bare = { server, load, port: await server.ask("port") };
  return measure(bare, () => "/", "silent").finally(async () => {
    await load.stop();
    await server.stop();
  });
}

interface Measured {
  server: Pick<BenchProcess<Pick<WsServer, "usage">>, "ask">;
  load: BenchProcess<Load>;
  port: number;
}

async function measure(
  { server, load, port }: Measured,
  path: (i: number) => string,
  dialect: Listeners["dialect"],
): Promise<Cost> {
  const listen = (count: number) =>
    load.ask("listen", { port, dialect, chats: [Array.from({ length: count }, (_, i) => path(i))] });
  await listen(first);
  const before = await server.ask("usage");
  await listen(connections);
  const after = await server.ask("usage");
  const each = (bytes: number) => bytes / connections / 1024;
  return { rss: each(after.rss - before.rss), heap: each(after.heap - before.heap) };
}
