import { Api, tenantAddress } from "../api.ts";
import { type HubEvent, hearHubEvent } from "../hub-words.ts";
import { ParleyError } from "../parley-error.ts";
import { TokenKeeper } from "../token-keeper.ts";
import { need } from "./need.ts";
import { newestOf, type Tail } from "./tail-place.ts";

/** The hub, by the stock client of Microsoft. It comes back by itself, from the last event on. */
export async function tailSignalr({ service, after, signal, onEvent, onResync }: Tail): Promise<void> {
  const { HubConnectionBuilder, LogLevel } = await need("@microsoft/signalr", () => import("@microsoft/signalr"));
  // A tail may outlive many tokens.
  const tokens = new TokenKeeper(() => service.userToken());
  const tenant = tenantAddress(service.baseUrl, service.tenantId);
  const api = new Api({ address: tenant, tokens });
  let since = after ?? (await newestOf(api));
  const address = () => `${tenant}/hub?${new URLSearchParams({ payload: "full", events: "all", since })}`;
  const connection = new HubConnectionBuilder()
    .withUrl(address(), { accessTokenFactory: () => tokens.current() })
    .withAutomaticReconnect({
      nextRetryDelayInMilliseconds: ({ previousRetryCount }) => {
        if (previousRetryCount > 0) void endIfRefused();
        return 500 * 2 ** Math.min(previousRetryCount, 5);
      },
    })
    .configureLogging(LogLevel.None)
    .build();
  let refusal: ParleyError | undefined;
  /** The client says only that it has failed. A call says why, and gets another token where there is one. */
  async function endIfRefused() {
    const error = await newestOf(api).catch((thrown: unknown) => thrown);
    if (!(error instanceof ParleyError) || error.passing) return;
    refusal = error;
    await connection.stop();
  }
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
  await connection.start().catch(async (error) => {
    await newestOf(api);
    throw error;
  });
  if (signal.aborted) await connection.stop();
  signal.addEventListener("abort", () => void connection.stop());
  await closed;
  if (refusal) throw refusal;
}
