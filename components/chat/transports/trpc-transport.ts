import { type Connecting, type Connection, closable } from "../../../client/transport.ts";
import type { AppRouter } from "../../../server/transport/trpc/router.ts";

/** The stock `@trpc/client` over a WebSocket. Its subscription carries the log, and nothing ephemeral. */
export function trpcTransport(connecting: Connecting): Connection {
  return closable(connecting, (close) => subscribe(connecting, close));
}

async function subscribe(connecting: Connecting, close: (again?: boolean) => void): Promise<() => void> {
  const { createTRPCClient, createWSClient, wsLink } = await import("@trpc/client");
  const { baseUrl, token, since, onOpen, onEvent, onResync } = connecting;
  const socket = createWSClient({
    url: `${baseUrl.replace(/^http/u, "ws")}/api/trpc`,
    connectionParams: { token },
    onClose: () => close(),
    keepAlive: { enabled: true },
  });
  const client = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
  const subscription = client.events.subscribe.subscribe(since === undefined ? undefined : { since }, {
    onStarted: onOpen,
    onData: ({ data }) => onEvent(data),
    onError: (error) => {
      const code = error.data?.problem.code ?? "";
      // Without a cursor it begins now, after everything was loaded anew.
      if (code.startsWith("cursor_")) onResync("");
      close(code !== "unauthenticated");
    },
    onComplete: () => close(),
  });
  return () => {
    subscription.unsubscribe();
    void socket.close();
  };
}
