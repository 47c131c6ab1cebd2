import { useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useMemo, useRef } from "react";
import { Follower } from "./follower.ts";
import { reportSession, reportStream, useLive, useSignedOut } from "./live.ts";
import { failureOf } from "./problem.ts";
import { useTRPC, useTRPCClient } from "./trpc.ts";

/** After an end that was nobody's wish, in ms. */
const againMs = 4_000;

/** The one subscription of the console: whatever page is shown, its queries are asked anew when an event concerns them. */
export function useTenantEvents(): void {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const { paused } = useLive();
  const signedOut = useSignedOut();
  const follower = useMemo(() => new Follower({ queries, isSeen: () => !document.hidden }), [queries]);
  const again = useRef<ReturnType<typeof setTimeout>>(undefined);

  const { reset } = useSubscription(
    trpc.events.subscribe.subscriptionOptions(undefined, {
      // Without a session its socket is given up: that of the next one has the next one's cookie.
      enabled: !paused && !signedOut,
      onStarted: () => {
        reportStream(true);
        follower.started();
      },
      onData: ({ data }) => follower.event(data),
      onConnectionStateChange: ({ error }) => error && reportStream(false),
      onError: (error) => {
        follower.ended();
        const { code } = failureOf(error);
        // What was missed cannot be told any more: all is asked anew, when it begins again from now.
        if (code?.startsWith("cursor_")) queueMicrotask(reset);
        else if (code === "unauthenticated") reportSession(false);
        // Who may not is told so by what the page asks.
        else if (code !== "forbidden") again.current = setTimeout(reset, againMs);
      },
    }),
  );

  // What the page shows may be too fresh to be asked anew, and nothing else says that there is a session again: the answer does.
  useEffect(() => {
    if (!signedOut || paused) return;
    const ask = () => !document.hidden && void client.account.get.query().catch(() => {});
    const timer = setInterval(ask, againMs);
    return () => clearInterval(timer);
  }, [signedOut, paused, client]);

  const wasOut = useRef(false);
  useEffect(() => {
    // Somebody has signed in, in another tab: what the page asks was answered.
    if (wasOut.current && !signedOut) follower.signedIn();
    wasOut.current = signedOut;
  }, [signedOut, follower]);

  useEffect(() => {
    if (!paused && !signedOut) return;
    follower.ended();
    clearTimeout(again.current);
  }, [paused, signedOut, follower]);

  useEffect(() => {
    const wake = () => follower.wake();
    document.addEventListener("visibilitychange", wake);
    return () => {
      document.removeEventListener("visibilitychange", wake);
      clearTimeout(again.current);
    };
  }, [follower]);
}
