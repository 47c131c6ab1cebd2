import { once } from "node:events";
import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { pipeUpgrade } from "../realtime/upgrade.ts";

/** In front of several nodes, as a load balancer without any stickiness: each request goes to the next of them. */
export interface AlternatingProxy {
  url: string;
  close(): Promise<void>;
}

export async function openAlternatingProxy(urls: string[]): Promise<AlternatingProxy> {
  let turn = 0;
  const next = () => urls[turn++ % urls.length] ?? "";
  const server = createServer((request, response) => {
    const { method, headers } = request;
    const out = ask(new URL(request.url ?? "/", next()), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    out.on("error", () => response.destroy());
    response.on("close", () => out.destroy());
    request.pipe(out);
  });
  // As balancers do. After Node's own 5 s a client on a busy machine sends into a connection that is being closed.
  server.keepAliveTimeout = 60_000;
  const upgraded = new Set<Duplex>();
  server.on("upgrade", (request, socket, head) => {
    upgraded.add(socket.on("error", () => socket.destroy()).once("close", () => upgraded.delete(socket)));
    pipeUpgrade(request, socket, head, { upstream: next() });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of upgraded) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
