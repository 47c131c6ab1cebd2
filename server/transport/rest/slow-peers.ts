import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** A request has come by then: 2 MiB at 35 kB/s. */
const arrivalMs = 60_000;
/** An answer that nobody reads on holds its memory, and a page's its connection, for so long. */
const unreadMs = 30_000;
/** Of one connection. No browser and no common library asks again before it was answered. */
const mostUnderWay = 10;

/** For Fastify: by when a request has come, and how often Node looks. */
export function arrival(ms = arrivalMs) {
  return { requestTimeout: ms, http: { connectionsCheckingInterval: Math.min(ms, arrivalMs / 2) } };
}

/** Hangs up on whoever does not read an answer. Event streams have bounds of their own. */
export function dropUnread(app: FastifyInstance, ms = unreadMs): void {
  app.addHook("onSend", (_request, reply, payload, done) => {
    const { raw } = reply;
    // Of a whole answer the headers are taken over later.
    const headers = payload instanceof Response ? payload.headers : undefined;
    const type = headers?.get("content-type") ?? reply.getHeader("content-type");
    if (!String(type).startsWith("text/event-stream")) {
      // The socket's clock starts anew with every byte that leaves; an answer still to come has none that waits.
      raw.setTimeout(ms, () => void (raw.socket?.writableLength && raw.socket.destroy()));
      // Before Node sets it for the next request.
      raw.prependListener("finish", () => void raw.socket?.setTimeout(0));
    }
    done(null, payload);
  });
}

/** Hangs up on a connection that asks for more and more before it was answered, and ends all of its answers when it ends. */
export function boundPipelines(app: FastifyInstance, most = mostUnderWay): void {
  const pipelines = new WeakMap<Socket, Set<ServerResponse>>();
  app.addHook("onRequest", ({ raw: { socket } }, reply, done) => {
    const answers = pipelines.get(socket) ?? new Set();
    if (!pipelines.has(socket)) socket.once("close", () => endWaiting(answers));
    pipelines.set(socket, answers);
    if (answers.size >= most || socket.destroyed) {
      reply.hijack();
      socket.destroy();
      return;
    }
    answers.add(reply.raw);
    reply.raw.once("close", () => answers.delete(reply.raw));
    done();
  });
}

/** Node tells the answer that is being written that its connection is closed, and none of those behind it. */
function endWaiting(answers: Set<ServerResponse>): void {
  for (const answer of [...answers]) {
    if (answer.socket) continue;
    answer.destroy();
    answer.emit("close");
  }
}
