import { setMaxListeners } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import type { WebSocket, WebSocketServer } from "ws";
import type { Principal } from "../../auth/principal.ts";
import { clientAddress } from "../../client-address.ts";
import { tenantSettingsSchema } from "../../domain/tenants/schema.ts";
import { DomainError } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { TokenBucket } from "../../limiter.ts";
import { maxQueuedBytes, pressureBytes, roomIn } from "../../realtime/connection.ts";
import { type DisconnectReason, disconnects } from "../../realtime/disconnect.ts";
import { contextOf, type TrpcContext, type TrpcDeps } from "./context.ts";
import { EarlyStops } from "./early-stops.ts";
import { InspectedSocket } from "./inspected-socket.ts";
import { appRouter } from "./router.ts";
import { logOwnFault } from "./trpc-error.ts";
import { Turn } from "./turn.ts";

/** Until it is known whose connection it is. */
const strangerFrames = tenantSettingsSchema.parse({}).rates.frames;

/** What a page does at once is one frame; calls have limits of their own, but who has none to lose could send a thousand in each. */
const callsAFrame = 50;

interface Opened {
  server: WebSocketServer;
  ws: WebSocket;
  /** Under it. */
  socket: Duplex;
  request: IncomingMessage;
  /** Called once, with the first valid credential. False when whoever it is has too many sockets. */
  onKnown(principal: Principal): boolean;
}

/** Serves a socket by tRPC's own adapter, within bounds that the adapter does not know: what it may be sent, what it may queue. */
export function serveSocket({ server, ws, socket, request, onKnown }: Opened, deps: TrpcDeps): void {
  const budget = new TokenBucket(strangerFrames, Date.now());
  const hangUp = (reason: DisconnectReason) => ws.close(disconnects[reason].ws, disconnects[reason].text);
  const spend = (frames: number) => {
    if (!budget.take(Date.now(), frames)) hangUp("flooding");
  };
  const gone = new AbortController();
  setMaxListeners(0, gone.signal); // as many as there are subscriptions
  ws.once("close", () => gone.abort());
  const early = new EarlyStops();
  const inspected = new InspectedSocket(deps.realtime);
  guardSend(ws, (text) => inspected.frame("out", text));
  ws.on("message", (data) => inspected.frame("in", data as Buffer));
  ws.once("close", () => inspected.closed());
  ws.on("error", () => ws.terminate());
  ws.on("message", () => spend(1));
  const handle = getWSConnectionHandler({
    wss: server,
    router: appRouter,
    createContext: ({ info }) =>
      connectionContext(deps, request, {
        params: info.connectionParams ?? {},
        hangUp,
        gone: gone.signal,
        budget,
        inspected,
        onKnown,
        pressure: () => (ws.bufferedAmount > pressureBytes ? roomIn(socket) : undefined),
      }),
    keepAlive: { enabled: true, pingMs: 15_000, pongWaitMs: 10_000 },
    experimental_encoder: {
      encode: (data) => {
        const stop = early.due(data);
        if (stop !== undefined) setImmediate(() => ws.emit("message", Buffer.from(stop), false)); // it is listening by then
        return JSON.stringify(data);
      },
      decode: (data) => {
        const message: unknown = JSON.parse(String(data));
        if (Array.isArray(message)) spend(Math.floor(message.length / callsAFrame));
        if (ws.readyState !== ws.OPEN) throw new Error("The connection is being closed");
        early.heard(message);
        return message;
      },
    },
    // Without a path it is about the peer's frames: its fault, and no news.
    onError: ({ error, ctx, path }) => path !== undefined && logOwnFault(deps.log, error, ctx?.requestId),
  });
  try {
    void handle(ws, request);
  } catch {
    ws.close(1008, "The address cannot be read");
  }
}

interface Connection {
  params: Record<string, unknown>;
  hangUp: TrpcContext["hangUp"];
  gone: AbortSignal;
  budget: TokenBucket;
  inspected: InspectedSocket;
  onKnown: Opened["onKnown"];
  pressure: NonNullable<TrpcContext["pressure"]>;
}

/** One context for all calls of a connection; from its first valid credential on its frames have its tenant's rate. */
function connectionContext(
  deps: TrpcDeps,
  request: IncomingMessage,
  { params, hangUp, gone, budget, inspected, onKnown, pressure }: Connection,
): TrpcContext {
  const context = contextOf(deps, {
    headers: request.headers,
    params,
    ip: clientAddress(request, deps.services.settings.trustProxy),
    requestId: newId(),
    hangUp,
    gone,
  });
  let known = false;
  const principal: TrpcContext["principal"] = async (options) => {
    const caller = await context.principal(options);
    if (caller.kind !== "visitor" && !known) {
      known = true;
      if (!onKnown(caller)) {
        setImmediate(hangUp, "too_many" as const); // after the answer
        throw new DomainError("rate_limited", { detail: disconnects.too_many.text, retryAfter: 10 });
      }
    }
    inspected.belongsTo(caller);
    const snapshot = await deps.services.security.snapshot(caller.tenantId);
    if (snapshot) budget.rate = snapshot.settings.rates.frames;
    return caller;
  };
  return { ...context, principal, pressure, turn: new Turn() };
}

/** The adapter never looks at what a client does not read; `send` does it for it. The client comes back and resumes. */
function guardSend(ws: WebSocket, onSend: (data: string | Buffer) => void): void {
  const send = ws.send.bind(ws) as (data: string | Buffer) => void;
  ws.send = (data: unknown) => {
    if (ws.bufferedAmount > maxQueuedBytes) ws.terminate();
    else {
      onSend(data as string);
      send(data as string);
    }
  };
}
