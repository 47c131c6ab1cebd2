import type { Connecting, Connection } from "../../../client/transport.ts";
import type { AppRouter } from "../../../server/transport/trpc/router.ts";

/** The stock `@trpc/client` over a WebSocket. Its subscription carries the log, and nothing ephemeral. */
export function trpcTransport(connecting: Connecting): Connection {
  let isOver = false;
  let stop = () => {};
  const close = (again = true) => {
    if (isOver) return;
    isOver = true;
    stop();
    connecting.onClose(again);
  };
  subscribe(connecting, close).then(
    (unsubscribe) => {
      stop = unsubscribe;
      if (isOver) stop();
    },
    () => close(),
  );
  return { close: () => close() };
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
