import {
  createTRPCClient,
  createWSClient,
  httpSubscriptionLink,
  type TRPCClient,
  TRPCClientError,
  type TRPCLink,
  wsLink,
} from "@trpc/client";
import { EventSource } from "eventsource";
import { expect } from "vitest";
import { WebSocket } from "ws";
import type { Envelope } from "../events.ts";
import type { AppRouter } from "../transport/trpc/router.ts";

/** A subscription to events, as the stock client has it. */
export interface Listening {
  /** Event ids as tracked, with what came. */
  got: { id: string; data: Envelope }[];
  /** The texts of message events. */
  texts(): unknown[];
  error: TRPCClientError<AppRouter> | undefined;
  /** The codes of what the client takes for passing: it tries again by itself. */
  setbacks: (string | undefined)[];
  started: Promise<void>;
  /** Resolves when so many events have come; throws after a while. */
  until(count: number): Promise<void>;
  failed(): Promise<{ code: string; status: number }>;
  stop(): void;
}

export type SubscribeInput = Parameters<TRPCClient<AppRouter>["events"]["subscribe"]["subscribe"]>[0];
export type ConnectionParams = Record<string, string>;

export type ParamsSource = () => ConnectionParams | Promise<ConnectionParams>;

export interface Listener {
  listen(input?: SubscribeInput): Listening;
  close(): void;
}

/** Hands on nothing more once it is being closed, as a browser's does: what came meanwhile comes again over the next one. */
class PageSocket extends WebSocket {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    return event === "message" && this.readyState !== WebSocket.OPEN ? false : super.emit(event, ...values);
  }
}

/** Over a WebSocket to the server at a base address. */
export function overWebSocket(base: string, params: ParamsSource): Listener {
  const socket = createWSClient({
    url: `${base.replace("http", "ws")}/api/trpc`,
    WebSocket: PageSocket as unknown as typeof globalThis.WebSocket,
    connectionParams: async () => params(),
    retryDelayMs: () => 50,
  });
  return clientOf(wsLink({ client: socket }), () => void socket.close());
}

/** Over server-sent events. */
export function overSse(base: string, params: ParamsSource): Listener {
  const link = httpSubscriptionLink({
    url: `${base}/api/trpc`,
    EventSource: EventSource as never,
    connectionParams: async () => params(),
  });
  return clientOf(link, () => {});
}

function clientOf(link: TRPCLink<AppRouter>, close: () => void): Listener {
  const client = createTRPCClient<AppRouter>({ links: [link] });
  const open: Listening[] = [];
  return {
    listen: (input) => {
      const listening = listenWith(client, input);
      open.push(listening);
      return listening;
    },
    close: () => {
      for (const each of open) each.stop();
      close();
    },
  };
}

function listenWith(client: TRPCClient<AppRouter>, input: SubscribeInput): Listening {
  let start = () => {};
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  const got: Listening["got"] = [];
  const setbacks: Listening["setbacks"] = [];
  const subscription = client.events.subscribe.subscribe(input, {
    onStarted: () => start(),
    onData: ({ id, data }) => void got.push({ id, data }),
    onConnectionStateChange: ({ error }) => {
      if (error) setbacks.push((error as TRPCClientError<AppRouter>).data?.problem.code);
    },
    onError: (error) => {
      listening.error = error as TRPCClientError<AppRouter>;
    },
  });
  const listening: Listening = {
    got,
    texts: () => got.map(({ data }) => data.data.content),
    error: undefined,
    setbacks,
    started,
    until: (count) => expect.poll(() => got.length, { timeout: 20_000, interval: 10 }).toBeGreaterThanOrEqual(count),
    failed: async () => {
      await expect.poll(() => listening.error, { timeout: 20_000, interval: 10 }).toBeInstanceOf(TRPCClientError);
      const { problem, httpStatus } = listening.error?.data ?? { problem: undefined, httpStatus: 0 };
      return { code: problem?.code ?? String(listening.error), status: httpStatus };
    },
    stop: () => subscription.unsubscribe(),
  };
  return listening;
}
