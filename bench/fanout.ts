import { startDatabase } from "./database.ts";
import { type Hosted, listenTo, measureLoad, startHosted } from "./hosted.ts";
import type { Load, Writers } from "./load.ts";
import { startProcess } from "./process.ts";
import { interleave, median, print } from "./rounds.ts";
import type { SocketioServer } from "./socketio-server.ts";

// Deliveries of one chat's messages to its sockets. Ours are said as hub calls of members who only write, committed to Postgres, answered
// and delivered from the log with the whole message; socket.io's are said on as many sockets and broadcast to a room from memory. Both
// have as many messages under way and events of the same size.

export async function benchFanout(): Promise<void> {
  const database = await startDatabase();
  const hosted = await startHosted(database);
  const rival = await startRival();
  try {
    await measure(hosted, rival, { size: 100, inFlight: 256 }, { rate: "≥ 4", cpu: "≤ 0.4" });
    await measure(hosted, rival, { size: 1000, inFlight: 64 }, { rate: "≥ 2", cpu: "≤ 0.4" });
  } finally {
    await rival.stop();
    await hosted.stop();
    await database.stop();
  }
}

type Rival = Awaited<ReturnType<typeof startRival>>;

async function startRival() {
  const server = await startProcess<SocketioServer>("socketio-server");
  const load = await startProcess<Load>("load");
  const stop = async () => {
    await load.stop();
    await server.stop();
  };
  return { server, load, port: await server.ask("port"), stop };
}

async function measure(
  hosted: Hosted,
  rival: Rival,
  { size, inFlight }: { size: number; inFlight: number },
  aims: { rate: string; cpu: string },
): Promise<void> {
  const members = Array.from({ length: size }, (_, i) => `s${size}-m${i}`);
  const writers = Array.from({ length: inFlight }, (_, i) => `s${size}-w${i}`);
  const [chat] = await listenTo(hosted, [members], writers);
  const path = "/socket.io/?EIO=4&transport=websocket";
  await rival.load.ask("listen", {
    port: rival.port,
    dialect: "socketio",
    chats: [members.map(() => path)],
    writers: writers.map(() => `${path}&listens=no`),
  });
  let eventBytes: number | undefined;
  const [ours, theirs] = await interleave(
    async () => {
      const measured = await measureLoad(hosted, { port: hosted.port, inFlight, chatId: chat?.chatId ?? "" });
      eventBytes = measured.eventBytes;
      return measured;
    },
    () => measureLoad(rival, { port: rival.port, inFlight, eventBytes } satisfies Writers),
  );
  await Promise.all([hosted.load.ask("close"), rival.load.ask("close")]);
  const title = `fan-out to ${size} sockets, ${inFlight} messages of ${eventBytes} bytes under way`;
  const ratio = (name: string, unit: string, of: (round: (typeof ours)[number]) => number, aim: string) => {
    const [mine, other] = [median(ours.map(of)), median(theirs.map(of))];
    print({ title: `${title}, ${name}`, unit, ours: mine, baseline: other, ratio: mine / other }, aim);
  };
  ratio("durable SignalR against socket.io in memory", "deliveries/s", (round) => round.deliveriesPerSecond, aims.rate);
  ratio("server processor time", "µs/delivery", (round) => round.cpu, aims.cpu);
  // Numbers in the events grow by a digit now and then.
  const different = theirs.some((round) => Math.abs(round.eventBytes - (eventBytes ?? 0)) > 10);
  if (different) throw new Error(`socket.io's events have ${theirs[0]?.eventBytes} bytes, ours ${eventBytes}`);
}
