import { makeBaseline, runWorker } from "./commit-path.ts";
import { type BenchDatabase, startDatabase } from "./database.ts";
import { type Hosted, listenTo, measureLoad, startHosted } from "./hosted.ts";
import { compare, print } from "./rounds.ts";

// Sends over REST, counted when each of ten members has got the whole message on a SignalR socket of its own, against the commit path's
// baseline: one INSERT + UPDATE a commit over 16 connections, which delivers nothing to anybody.

const members = 10;

export async function benchRest(): Promise<void> {
  const database = await startDatabase();
  const hosted = await startHosted(database);
  try {
    await makeBaseline(database);
    for (const [inFlight, chats] of [
      [256, 16],
      [256, 1],
      [16, 1],
    ] as const)
      await measure(database, hosted, inFlight, chats);
  } finally {
    await hosted.stop();
    await database.stop();
  }
}

async function measure(database: BenchDatabase, hosted: Hosted, inFlight: number, chats: number): Promise<void> {
  const chatMembers = Array.from({ length: chats }, (_, chat) =>
    Array.from({ length: members }, (_, member) => `c${chat}-m${member}`),
  );
  const rest = await listenTo(hosted, chatMembers);
  const where = chats === 1 ? "one hot chat" : `${chats} chats`;
  const result = await compare({
    title: `REST sends seen by ${members} SignalR sockets each, ${inFlight} in flight, ${where}`,
    unit: "sends/s",
    ours: {
      name: "REST to SignalR",
      run: async () => (await measureLoad(hosted, { port: hosted.port, inFlight, rest })).sendsPerSecond,
    },
    baseline: { name: "insert + update", run: () => runWorker("baseline", database.ownerUrl, 16, 16) },
  });
  print(result, inFlight === 256 && chats > 1 ? "≥ 0.7" : "none");
  await hosted.load.ask("close");
}
