"use client";

import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useRef, useState } from "react";
import { reportSession, useSignedOut } from "../live.ts";
import { type Failure, failureOf, signedOutFailure } from "../problem.ts";
import { useTRPC, useTRPCClient } from "../trpc.ts";
import { type Row, rowOfEvent } from "./rows.ts";

/** After an end that was nobody's wish, in ms. */
const againMs = 4_000;

/** The tenant's log as it is committed, from where it is when one comes; after a pause, or without a session, it goes on where it was. */
export function useEvents(paused: boolean, add: (rows: readonly Row[]) => void) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const signedOut = useSignedOut();
  const held = paused || signedOut;
  const last = useRef<string>(undefined);
  const again = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Of the beginning of a pause, and not the last at any time: another input is another subscription.
  const [since, setSince] = useState<string>();
  const [unplaced, setUnplaced] = useState<Failure>();
  // Where the log is: of a pause before the first event nothing else would say from where to go on.
  useEffect(() => {
    if (since !== undefined) return;
    const gone = new AbortController();
    const place = async () => {
      try {
        const { nextCursor } = await client.events.list.query({ limit: 1 }, { signal: gone.signal });
        last.current = nextCursor;
        setSince(nextCursor);
        setUnplaced(undefined);
      } catch (error) {
        if (gone.signal.aborted) return;
        setUnplaced(failureOf(error));
        again.current = setTimeout(place, againMs);
      }
    };
    void place();
    return () => {
      gone.abort();
      clearTimeout(again.current);
    };
  }, [client, since]);
  useEffect(() => {
    if (!held || last.current === undefined) return;
    clearTimeout(again.current);
    setSince(last.current);
  }, [held]);
  useEffect(() => () => clearTimeout(again.current), []);
  const { status, error, reset } = useSubscription(
    trpc.events.subscribe.subscriptionOptions(since === undefined ? {} : { since }, {
      enabled: !held && since !== undefined,
      onData: ({ id, data }) => {
        last.current = id;
        add([rowOfEvent(data)]);
      },
      onError: (failed) => {
        const { code } = failureOf(failed);
        if (code === "unauthenticated") return reportSession(false);
        if (code === "forbidden") return;
        // What was missed cannot be told any more: it goes on from now.
        if (code?.startsWith("cursor_")) last.current = undefined;
        again.current = setTimeout(() => {
          if (last.current === since) reset();
          else setSince(last.current);
        }, againMs);
      },
    }),
  );
  const ended = error && !paused ? failureOf(error) : undefined;
  return { listening: status === "pending" && !held, failure: signedOut ? signedOutFailure : (unplaced ?? ended) };
}
