import { Api, tenantAddress } from "../api.ts";
import { type HubEvent, hearHubEvent } from "../hub-words.ts";
import { TokenKeeper } from "../token-keeper.ts";
import { need } from "./need.ts";
import { newestOf, type Tail } from "./tail-place.ts";

/** The hub, by the stock client of Microsoft. It comes back by itself, from the last event on. */
export async function tailSignalr({ service, after, signal, onEvent, onResync }: Tail): Promise<void> {
  const { HubConnectionBuilder, LogLevel } = await need("@microsoft/signalr", () => import("@microsoft/signalr"));
  // A tail may outlive many tokens.
  const tokens = new TokenKeeper(() => service.userToken());
  const tenant = tenantAddress(service.baseUrl, service.tenantId);
  let since = after ?? (await newestOf(new Api({ address: tenant, tokens })));
  const address = () => `${tenant}/hub?${new URLSearchParams({ payload: "full", events: "all", since })}`;
  const connection = new HubConnectionBuilder()
    .withUrl(address(), { accessTokenFactory: () => tokens.current() })
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
  await connection.start();
  if (signal.aborted) await connection.stop();
  signal.addEventListener("abort", () => void connection.stop());
  await closed;
}
