import { setTimeout as sleep } from "node:timers/promises";
import type { ApiServer } from "./api-server.ts";
import type { Handlers, Usage } from "./child.ts";
import type { BenchDatabase } from "./database.ts";
import type { Load, Writers } from "./load.ts";
import { type BenchProcess, startProcess } from "./process.ts";

const seconds = 3;
const warmUpMs = 500;

/** A server in one process and its clients in another. */
export interface Measured {
  server: BenchProcess<Handlers & { usage(): Promise<Usage> }>;
  load: BenchProcess<Load>;
}

export interface Hosted {
  server: BenchProcess<ApiServer>;
  load: BenchProcess<Load>;
  port: number;
  stop(): Promise<void>;
}

/** Our api role, and its clients. */
export async function startHosted(database: BenchDatabase, node: string[] = []): Promise<Hosted> {
  const server = await startProcess<ApiServer>("api-server", { args: [database.runtimeUrl], node });
  const load = await startProcess<Load>("load");
  const stop = async () => {
    await load.stop();
    await server.stop();
  };
  return { server, load, port: await server.ask("port"), stop };
}

/** Makes the chats and connects each of their members over SignalR, and members of each who only write; answers where and as whom to write in each over REST. */
export async function listenTo({ server, load, port }: Hosted, chatMembers: string[][], writers: string[] = []) {
  const chats: string[][] = [];
  const rest: { chatId: string; path: string; token: string }[] = [];
  for (const members of chatMembers) {
    const chatId = await server.ask("chat", [...members, ...writers]);
    const tokens = await server.ask("tokens", members);
    chats.push(tokens.map(hubPath));
    rest.push({ chatId, path: `/tenant/bench/v1/Chat/${chatId}/messages`, token: tokens[0] ?? "" });
  }
  // Writers listen to nothing but what never comes here.
  const writing = (await server.ask("tokens", writers)).map((token) => `${hubPath(token)}&events=Typing`);
  await load.ask("listen", { port, dialect: "signalr", chats, writers: writing });
  return rest;
}

export function hubPath(token: string): string {
  return `/tenant/bench/v1/hub?payload=full&access_token=${token}`;
}

/** Writes for some seconds; rates after a warm-up, and the server's processor time for each delivery in µs. */
export async function measureLoad({ server, load }: Measured, plan: Writers) {
  await load.ask("write", plan);
  await sleep(warmUpMs);
  const [before, first] = await Promise.all([server.ask("usage"), load.ask("progress")]);
  await sleep(seconds * 1000);
  const [after, last] = await Promise.all([server.ask("usage"), load.ask("progress")]);
  await load.ask("finish");
  const elapsed = (last.at - first.at) / 1000;
  const deliveries = last.deliveries - first.deliveries;
  return {
    sendsPerSecond: (last.seen - first.seen) / elapsed,
    deliveriesPerSecond: deliveries / elapsed,
    cpu: (after.cpu - before.cpu) / deliveries,
    eventBytes: last.eventBytes,
  };
}
