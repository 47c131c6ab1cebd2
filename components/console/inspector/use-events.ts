"use client";

import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useRef, useState } from "react";
import { type Failure, failureOf } from "../problem.ts";
import { useTRPC } from "../trpc.ts";
import { type Row, rowOfEvent } from "./rows.ts";

/** After an end that was nobody's wish, in ms. */
const againMs = 4_000;

/** The tenant's log as it is committed; after a pause it goes on where it was. */
export function useEvents(paused: boolean, add: (rows: readonly Row[]) => void) {
  const trpc = useTRPC();
  const last = useRef<string>(undefined);
  const again = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Of the beginning of a pause, and not the last at any time: another input is another subscription.
  const [since, setSince] = useState<string>();
  useEffect(() => {
    if (!paused) return;
    clearTimeout(again.current);
    setSince(last.current);
  }, [paused]);
  useEffect(() => () => clearTimeout(again.current), []);
  const { status, error, reset } = useSubscription(
    trpc.events.subscribe.subscriptionOptions(since === undefined ? {} : { since }, {
      enabled: !paused,
      onData: ({ id, data }) => {
        last.current = id;
        add([rowOfEvent(data)]);
      },
      onError: (failed) => {
        const { code } = failureOf(failed);
        // What was missed cannot be told any more: it goes on from now.
        if (code?.startsWith("cursor_")) last.current = undefined;
        if (code === "unauthenticated" || code === "forbidden") return;
        again.current = setTimeout(() => {
          if (last.current === since) reset();
          else setSince(last.current);
        }, againMs);
      },
    }),
  );
  const failure: Failure | undefined = error ? failureOf(error) : undefined;
  return { listening: status === "pending", failure };
}
