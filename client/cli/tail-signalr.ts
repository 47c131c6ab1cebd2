import { Api, tenantAddress } from "../api.ts";
import { type HubEvent, hearHubEvent } from "../hub-words.ts";
import { TokenKeeper } from "../token-keeper.ts";
import { need } from "./need.ts";
import type { Tail } from "./tail.ts";

/** The hub, by the stock client of Microsoft. It comes back by itself, from the last event on. */
export async function tailSignalr({ service, after, signal, onEvent, onResync }: Tail): Promise<void> {
  const { HubConnectionBuilder, LogLevel } = await need("@microsoft/signalr", () => import("@microsoft/signalr"));
  const accessToken = await service.userToken();
  let since = after;
  const address = () =>
    `${tenantAddress(service.baseUrl, service.tenantId)}/hub?${new URLSearchParams({ payload: "full", events: "all", ...(since ? { since } : {}) })}`;
  const connection = new HubConnectionBuilder()
    .withUrl(address(), { accessTokenFactory: () => accessToken })
    .withAutomaticReconnect({
      nextRetryDelayInMilliseconds: ({ previousRetryCount }) => 500 * 2 ** Math.min(previousRetryCount, 5),
    })
    .configureLogging(LogLevel.None)
    .build();
  const keep = (eventId: string | undefined) => {
    since = eventId || since;
  };
  connection.on("MessagingEvent", (event: HubEvent) =>
    hearHubEvent(event, {
      onEvent: (heard) => {
        keep(heard.eventId);
        onEvent(heard);
      },
      onPosition: keep,
      onResync: (eventId) => {
        keep(eventId);
        onResync(eventId);
      },
    }),
  );
  connection.onreconnecting(() => {
    connection.baseUrl = address();
  });
  const closed = new Promise<void>((resolve, reject) =>
    connection.onclose((error) => (error ? reject(error) : resolve())),
  );
  try {
    await connection.start();
  } catch (error) {
    // The stock client says that it was refused, and not why: a call by the same token does.
    const tokens = new TokenKeeper(() => accessToken);
    await new Api({ address: tenantAddress(service.baseUrl, service.tenantId), tokens }).call("chats.list", {
      pageSize: 1,
    });
    throw error;
  }
  if (signal.aborted) await connection.stop();
  signal.addEventListener("abort", () => void connection.stop());
  await closed;
}
