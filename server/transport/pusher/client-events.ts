import { TokenBucket } from "../../limiter.ts";
import { isReservedName } from "../../log-channels.ts";
import { channelKind, maxDataBytes, maxEventNameLength } from "./channel-name.ts";
import type { ClientMessage } from "./client-message.ts";
import type { PusherConnection } from "./pusher-connection.ts";

/** protocols.md B8 */
const rate = { rate: 10, burst: 10 };

/** What pages say to each other. Not echoed to the sender, not kept by cache channels. */
export class ClientEvents {
  private readonly budget: TokenBucket;
  private readonly connection: PusherConnection;

  constructor(connection: PusherConnection) {
    this.connection = connection;
    this.budget = new TokenBucket(rate, connection.host.now());
  }

  take({ event, channel = "", data = null }: ClientMessage): void {
    const { connection } = this;
    const fault = this.refuse(event, channel, data);
    if (fault !== undefined) connection.complain(fault);
    else if (!this.budget.take(connection.host.now()))
      connection.complain("Client events are limited to 10 a second: this one was dropped", 4301);
    else this.pass(event, channel, data);
  }

  private pass(event: string, channel: string, data: unknown): void {
    const { connection } = this;
    const { tenantId, id, host, app } = connection;
    const userId = connection.apps.memberOf(channel);
    host.realtime.channels.publish(tenantId, { channels: [channel], name: event, data, userId, except: id });
    if (!app.webhooks.some(({ events }) => events.includes("client_event"))) return;
    const said = typeof data === "string" ? data : JSON.stringify(data);
    const body = { event: storable(event), data: storable(said), socket_id: id };
    host.realtime.channels.directory.note(tenantId, [{ name: "client_event", channel, userId, body }]);
  }

  private refuse(event: string, channel: string, data: unknown): string | undefined {
    const { app, apps } = this.connection;
    if (isReservedName(channel)) return "Nobody but the service may publish on this channel";
    if (!app.clientEvents) return "Client events are not enabled for this app";
    if (event.length > maxEventNameLength) return `An event's name has at most ${maxEventNameLength} characters`;
    const kind = channelKind(channel);
    if (!kind || !apps.has(channel)) return "Client events go to channels that one is subscribed to";
    if (kind.encrypted || (kind.access !== "private" && kind.access !== "presence"))
      return "Client events go to private and presence channels that are not encrypted";
    if (Buffer.byteLength(JSON.stringify(data)) > maxDataBytes) return `Data has at most ${maxDataBytes} bytes`;
    return undefined;
  }
}

/** As the database can hold it: pages may say to each other what Postgres takes for no text. */
function storable(text: string): string {
  return text.replaceAll("\u0000", "\ufffd").toWellFormed();
}
