"use client";

import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useRef, useState } from "react";
import { type Failure, failureOf } from "../problem.ts";
import { useTRPC } from "../trpc.ts";
import { type Row, rowOfEvent } from "./rows.ts";

/** The tenant's log as it is committed; after a pause it goes on where it was. */
export function useEvents(paused: boolean, add: (rows: readonly Row[]) => void) {
  const trpc = useTRPC();
  const last = useRef<string>(undefined);
  // Of the beginning of a pause, and not the last at any time: another input is another subscription.
  const [since, setSince] = useState<string>();
  useEffect(() => {
    if (paused) setSince(last.current);
  }, [paused]);
  const { status, error } = useSubscription(
    trpc.events.subscribe.subscriptionOptions(since === undefined ? {} : { since }, {
      enabled: !paused,
      onData: ({ id, data }) => {
        last.current = id;
        add([rowOfEvent(data)]);
      },
    }),
  );
  const failure: Failure | undefined = error ? failureOf(error) : undefined;
  return { listening: status === "pending", failure };
}
