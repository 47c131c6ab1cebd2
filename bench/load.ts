import { setTimeout as sleep } from "node:timers/promises";
import { Audience } from "./audience.ts";
import { answer } from "./child.ts";
import { type Dialect, FrameSocket, signalr, silent, socketio } from "./frame-socket.ts";
import { HttpCaller } from "./http-caller.ts";

// The clients of a bench: sockets that listen, and writers that keep so many messages under way.

const dialects: Record<string, Dialect> = { signalr, socketio, silent };
const text = "The 14:20 to Westport leaves from berth 3, cars first please.";

/** Sockets of one chat, by the path each one opens. */
export interface Listeners {
  port: number;
  dialect: "signalr" | "socketio" | "silent";
  chats: string[][];
  /** Paths of sockets that only write; left out: there are none. */
  writers?: string[];
}

export interface Writers {
  port: number;
  /** Messages under way at most, over all chats. */
  inFlight: number;
  /** Over REST: where to and as whom, a chat each. Left out: said in the one chat there is by the sockets that write, each in turn. */
  rest?: { path: string; token: string }[];
  chatId?: string;
  /** Of an event's frame, which what is said is padded to. */
  eventBytes?: number | undefined;
}

export interface Progress {
  at: number;
  /** Messages that every member has seen. */
  seen: number;
  deliveries: number;
  eventBytes: number;
}

let spoken: Dialect = silent;
let sockets: FrameSocket[] = [];
let speakers: FrameSocket[] = [];
let audiences: Audience[] = [];
let writers: Promise<void>[] = [];
let writing = false;
let failure: unknown;

const handlers = {
  /** Opens all sockets, 20 at a time. */
  async listen({ port, dialect, chats, writers: paths = [] }: Listeners): Promise<void> {
    spoken = dialects[dialect] ?? silent;
    audiences = chats.map((paths) => new Audience(paths.length));
    const all = chats.flatMap((paths, chat) => paths.map((path, index) => ({ path, chat, index })));
    const queue = all.values();
    const open = async () => {
      for (const { path, chat, index } of queue) {
        const socket = await FrameSocket.open(port, path, spoken);
        const audience = audiences[chat];
        socket.onDelivery = () => audience?.deliver(index);
        sockets.push(socket);
      }
    };
    await Promise.all(Array.from({ length: 20 }, open));
    for (const path of paths) speakers.push(await FrameSocket.open(port, path, spoken));
  },

  async write(plan: Writers): Promise<void> {
    writing = true;
    failure = undefined;
    const perChat = plan.inFlight / audiences.length;
    const started = audiences.flatMap((audience, chat) => startChat(audience, chat, perChat, plan));
    writers = started.map((writer) => writer.catch(fail));
  },

  progress,

  /** Stops to write, and waits until everything that was answered has been seen by everybody. */
  async finish(): Promise<Progress> {
    writing = false;
    for (const audience of audiences) audience.onSeen();
    await Promise.all(writers);
    for (let i = 0; i < 100 && !allSeen(); i++) await sleep(20);
    if (!allSeen()) throw new Error("a message did not reach everybody");
    return progress();
  },

  close(): void {
    for (const socket of [...sockets, ...speakers]) socket.close();
    sockets = [];
    speakers = [];
    audiences = [];
  },
};

export type Load = typeof handlers;
answer(handlers);

function progress(): Progress {
  if (failure) throw failure;
  const sum = (of: (audience: Audience) => number) => audiences.reduce((total, audience) => total + of(audience), 0);
  return {
    at: performance.now(),
    seen: sum(({ seen }) => seen),
    deliveries: sum(({ deliveries }) => deliveries),
    eventBytes: sockets[0]?.eventBytes ?? 0,
  };
}

/** Whether every message that was said has reached every member. */
function allSeen(): boolean {
  return audiences.every(({ said, seen, deliveries, size }) => said === seen && deliveries === seen * size);
}

function fail(error: unknown): void {
  failure ??= error;
}

/** The writers of one chat: together they keep `limit` messages between being said and being seen by all. */
function startChat(audience: Audience, chat: number, limit: number, plan: Writers): Promise<void>[] {
  const waiting: (() => void)[] = [];
  audience.onSeen = () => {
    const free = writing ? limit - (audience.said - audience.seen) : waiting.length;
    if (free > 0) for (const go of waiting.splice(0, free)) go();
  };
  const turn = async (): Promise<boolean> => {
    while (writing && audience.said - audience.seen >= limit) await new Promise<void>((go) => waiting.push(go));
    if (writing) audience.said++;
    return writing;
  };
  return plan.rest ? Array.from({ length: limit }, () => writeRest(plan, chat, turn)) : [writeSocket(plan, turn)];
}

async function writeRest({ port, rest }: Writers, chat: number, turn: () => Promise<boolean>): Promise<void> {
  const to = rest?.[chat];
  if (!to) throw new Error("no address for the chat");
  const caller = await HttpCaller.open(port);
  const name = Math.random().toString(36).slice(2);
  for (let i = 0; await turn(); i++) {
    const body = JSON.stringify({ content: text, clientMessageId: `${name}-${i}` });
    const { status, body: said } = await caller.call("POST", to.path, to.token, body);
    if (status !== 201) throw new Error(`a send was answered ${status}: ${said}`);
  }
  caller.close();
}

async function writeSocket({ eventBytes, chatId = "" }: Writers, turn: () => Promise<boolean>): Promise<void> {
  // An event of socket.io is 42["message",{"seq":1234567,"content":"…"}] after a frame's header; that of the hub sets its size.
  const content = text.padEnd((eventBytes ?? 0) - 45, ".");
  for (let i = 0; await turn(); i++) speakers[i % speakers.length]?.say(spoken.speak(content, chatId));
}
