"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, createWSClient, httpBatchLink, httpLink, splitLink, wsLink } from "@trpc/client";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useMemo, useState } from "react";
import type { AppRouter } from "../../server/transport/trpc/router.ts";
import type { Theme } from "../ui/theme.ts";
import { ToastProvider } from "../ui/toast.tsx";
import { ReauthenticateProvider } from "./act.tsx";
import { type Console, ConsoleContext } from "./console-context.ts";
import { Frame } from "./frame.tsx";
import { LiveContext, watchedFetch } from "./live.ts";
import { failureOf } from "./problem.ts";
import { TRPCProvider } from "./trpc.ts";
import { useSamePerson } from "./use-same-person.ts";
import { useTenantEvents } from "./use-tenant-events.ts";

export interface ConsoleAppProps extends Console {
  theme: Theme;
  children: ReactNode;
}

/** The console of one tenant, for somebody who is an operator of it. */
export function ConsoleApp({ theme, children, ...about }: ConsoleAppProps) {
  const { tenantId } = about;
  const [queryClient] = useState(makeQueryClient);
  const [paused, setPaused] = useState(false);
  const trpcClient = useMemo(() => makeClient(tenantId), [tenantId]);
  const live = useMemo(() => ({ paused, toggle: () => setPaused((before) => !before) }), [paused]);
  return (
    <NuqsAdapter>
      <QueryClientProvider client={queryClient}>
        <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
          <ConsoleContext value={about}>
            <LiveContext value={live}>
              <ToastProvider>
                <ReauthenticateProvider>
                  <Following />
                  <Frame theme={theme}>{children}</Frame>
                </ReauthenticateProvider>
              </ToastProvider>
            </LiveContext>
          </ConsoleContext>
        </TRPCProvider>
      </QueryClientProvider>
    </NuqsAdapter>
  );
}

/** Beside the pages and not around them: what an event changes of it is no reason to draw them anew. */
function Following() {
  useTenantEvents();
  useSamePerson();
  return null;
}

function makeClient(tenantId: string) {
  const over = { url: "/api/trpc", headers: { "x-tenant-id": tenantId }, fetch: watchedFetch };
  const calls = splitLink({
    // It is held open, and what travels in the same batch would be held with it.
    condition: ({ path }) => path === "frames.list",
    true: httpLink(over),
    false: httpBatchLink(over),
  });
  // Not over HTTP, of which a browser holds six open for all its tabs together.
  const socket = createWSClient({
    url: over.url,
    connectionParams: { tenantId },
    lazy: { enabled: true, closeMs: 1_000 },
    keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 10_000 },
  });
  const streams = wsLink<AppRouter>({ client: socket });
  return createTRPCClient<AppRouter>({
    links: [splitLink({ condition: ({ type }) => type === "subscription", true: streams, false: calls })],
  });
}

function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        // What the service refuses it refuses again; only silence is worth another try.
        retry: (tried, error) => failureOf(error).code === undefined && tried < 2,
      },
    },
  });
}
