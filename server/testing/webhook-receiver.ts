import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as an endpoint's backend got it. */
export interface Received {
  path: string;
  id: string;
  headers: Record<string, string>;
  raw: string;
  body: { type: string; eventId?: string; chatId?: string; seq?: number; data: Record<string, unknown> };
}

export interface Receiver {
  url: string;
  /** All requests, those that were refused with them, as they came. */
  received: Received[];
  of(path: string): Received[];
  /** What a path answers, perhaps later: a status, or nothing at all for `undefined`. 204 unless told. */
  answer(path: string, how: Answer): void;
  /** Cuts off whoever waits for an answer. */
  letGo(): void;
  close(): Promise<void>;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

type Answer = (request: Received) => Reply | undefined | Promise<Reply | undefined>;

/** A backend that takes webhooks, over real HTTP. */
export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers = new Map<string, Answer>();
  const server: Server = createServer(async (request, response) => {
    let raw = "";
    for await (const chunk of request) raw += chunk;
    const path = request.url ?? "";
    const headers = flat(request.headers);
    const one = { path, raw, headers, id: headers["webhook-id"] ?? "", body: JSON.parse(raw) };
    received.push(one);
    const reply = answers.has(path) ? await answers.get(path)?.(one) : taken;
    if (reply) response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    of: (path) => received.filter((one) => one.path === path),
    answer: (path, how) => void answers.set(path, how),
    letGo: () => server.closeAllConnections(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const taken: Reply = { status: 204 };

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
