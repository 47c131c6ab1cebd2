import { hubAddress } from "../../../client/hub-transport.ts";
import { type HubEvent, hearHubEvent } from "../../../client/hub-words.ts";
import { type Connecting, type Connection, closable } from "../../../client/transport.ts";

/** The stock `@microsoft/signalr`, as somebody's own app would use it. */
export function signalrTransport(connecting: Connecting): Connection {
  return closable(connecting, (close) => connect(connecting, close));
}

async function connect(connecting: Connecting, close: () => void): Promise<() => void> {
  // Loaded when it is chosen, and not by everybody who chats.
  const { HubConnectionBuilder, LogLevel } = await import("@microsoft/signalr");
  const connection = new HubConnectionBuilder()
    .withUrl(hubAddress(connecting), { accessTokenFactory: () => connecting.token })
    .configureLogging(LogLevel.None)
    .build();
  connection.on("MessagingEvent", (event: HubEvent) => hearHubEvent(event, connecting));
  connection.onclose(() => close());
  await connection.start();
  connecting.onOpen();
  return () => void connection.stop();
}
