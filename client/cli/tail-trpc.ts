import type { AppRouter } from "../../server/transport/trpc/router.ts";
import { Api, tenantAddress } from "../api.ts";
import { ParleyError } from "../parley-error.ts";
import { TokenKeeper } from "../token-keeper.ts";
import type { LiveEvent } from "../types.ts";
import { need } from "./need.ts";
import { newestOf, type Tail } from "./tail-place.ts";

/** `events.subscribe`, by the stock client of tRPC over a WebSocket. It comes back by itself, from the last event on. */
export async function tailTrpc({ service, after, signal, onEvent }: Tail): Promise<void> {
  const { createTRPCClient, createWSClient, wsLink } = await need("@trpc/client", () => import("@trpc/client"));
  // A tail may outlive many tokens.
  const tokens = new TokenKeeper(() => service.userToken());
  const address = tenantAddress(service.baseUrl, service.tenantId);
  const since = after ?? (await newestOf(new Api({ address, tokens })));
  // Node 20 has none of its own.
  const { WebSocket } = globalThis.WebSocket ? globalThis : await need("ws", () => import("ws"));
  const socket = createWSClient({
    url: `${service.baseUrl.replace(/^http/u, "ws")}/api/trpc`,
    WebSocket: WebSocket as typeof globalThis.WebSocket,
    connectionParams: async () => ({ token: await tokens.current() }),
  });
  const client = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
  try {
    await new Promise<void>((resolve, reject) => {
      const subscription = client.events.subscribe.subscribe(
        { since },
        {
          onData: ({ data }) => onEvent(data as LiveEvent),
          onError: (error) => reject(refusalOf(error)),
          onComplete: resolve,
        },
      );
      const stop = () => {
        subscription.unsubscribe();
        resolve();
      };
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop);
    });
  } finally {
    await socket.close();
  }
}

/** tRPC carries the problem document beside its own words. */
function refusalOf(error: Error & { data?: { problem?: { status: number; code: string } } | null }): Error {
  const problem = error.data?.problem;
  return problem ? new ParleyError(problem.status, problem) : error;
}
