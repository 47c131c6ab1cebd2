import type { HubConnection } from "@microsoft/signalr";
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { WebSocket } from "ws";
import type { AppRouter } from "../../transport/trpc/router.ts";
import { stockClient } from "../hub-client.ts";
import type { ApiProcess, FleetTenant } from "../processes.ts";
import type { LogRow } from "./owner.ts";

/** An event as any reader can tell it. */
export interface Seen {
  eventId: string;
  type: string;
  chatId: string | undefined;
  seq: number | undefined;
  id: unknown;
}

/** The same of a row of the log: what every reader is to have, in this order. */
export function toBeSeen(log: LogRow[]): Omit<Seen, "eventId">[] {
  return log.map(({ type, chatId, seq, payload }) => ({
    type,
    chatId: chatId ?? (payload.chatId as string | undefined),
    seq: seq ?? undefined,
    id: payload.id,
  }));
}

export function seenOf(reader: { seen: Seen[] }): Omit<Seen, "eventId">[] {
  return reader.seen.map(({ eventId, ...rest }) => rest);
}

interface HubEvent {
  type: string;
  id: string;
  parentId?: string;
  seq?: number;
  eventId: string;
  reason?: string;
}

/** A page on the stock client that goes on where it was whenever it loses its connection, on whatever node it is told. */
export class HubReader {
  readonly seen: Seen[] = [];
  /** Notices about its place in the log. */
  readonly notices: HubEvent[] = [];
  lastEventId: string | undefined;
  private connection: HubConnection | undefined;
  private readonly options: { tenant: FleetTenant; token: string };

  constructor(options: HubReader["options"]) {
    this.options = options;
  }

  /** Connects, from where it was if it was anywhere. Rejects when the node does not take it. */
  async connect(node: Pick<ApiProcess, "url">): Promise<void> {
    const { tenant, token } = this.options;
    const url = new URL(`${node.url}/tenant/${tenant.id}/v1/hub`);
    url.searchParams.set("payload", "full");
    if (this.lastEventId) url.searchParams.set("since", this.lastEventId);
    const connection = stockClient(url.href, { token: () => token });
    connection.on("MessagingEvent", (event: HubEvent) => this.take(event));
    this.connection = connection;
    await connection.start();
  }

  get connected(): boolean {
    return String(this.connection?.state) === "Connected";
  }

  async disconnect(): Promise<void> {
    await this.connection?.stop();
  }

  private take(event: HubEvent): void {
    if (event.eventId) this.lastEventId = event.eventId;
    if (event.type === "Resync" || event.type === "Position") this.notices.push(event);
    else
      this.seen.push({
        eventId: event.eventId,
        type: event.type === "Chat" ? "message.created" : event.type,
        chatId: event.parentId,
        seq: event.seq,
        id: event.id,
      });
  }
}

/** A subscription of the stock tRPC client over a WebSocket. */
export async function openTrpcReader(node: ApiProcess, token: string) {
  const seen: Seen[] = [];
  const errors: unknown[] = [];
  const client = createWSClient({
    url: `${node.url.replace("http", "ws")}/api/trpc`,
    WebSocket: WebSocket as never,
    connectionParams: { token },
  });
  const trpc = createTRPCClient<AppRouter>({ links: [wsLink({ client })] });
  await new Promise<void>((resolve) => {
    trpc.events.subscribe.subscribe(undefined, {
      onStarted: () => resolve(),
      onData: ({ data }) => seen.push(toSeen(data)),
      onError: (error) => errors.push(error),
    });
  });
  return { seen, errors, close: () => client.close() };
}

interface Envelope {
  eventId: string;
  type: string;
  chatId?: string;
  seq?: number;
  data: Record<string, unknown>;
}

function toSeen({ eventId, type, chatId, seq, data }: Envelope): Seen {
  return { eventId, type, chatId, seq, id: data.id };
}

/** GET /events, page by page from a cursor to the end. */
export async function readByRest(node: ApiProcess, tenant: FleetTenant, token: string, after?: string) {
  const seen: Seen[] = [];
  let cursor = after;
  for (;;) {
    const query = cursor === undefined ? "" : `?limit=500&after=${cursor}`;
    const answer = await fetch(`${node.url}/tenant/${tenant.id}/v1/events${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const page = (await answer.json()) as { data: Envelope[]; nextCursor: string };
    if (answer.status !== 200) throw new Error(JSON.stringify(page));
    seen.push(...page.data.map(toSeen));
    cursor = page.nextCursor;
    if (page.data.length === 0) return { seen, cursor };
  }
}
