"use client";

import { useEffect, useState } from "react";
import { type Failure, failureOf } from "../problem.ts";
import { useTRPCClient } from "../trpc.ts";
import { type Row, rowOfFrame } from "./rows.ts";

const holdSeconds = 10;
const againMs = 2000;

/** Asks for frames for as long as it is shown and not paused; each call is held until something comes. */
export function useFrames(paused: boolean, add: (rows: readonly Row[]) => void) {
  const client = useTRPCClient();
  const [failure, setFailure] = useState<Failure>();
  const [listening, setListening] = useState(false);

  useEffect(() => {
    if (paused) return;
    const gone = new AbortController();
    const listen = async () => {
      for (let after: string | undefined; !gone.signal.aborted; ) {
        const asked = after === undefined ? {} : { after, wait: holdSeconds };
        const answer = await client.frames.list.query(asked, { signal: gone.signal });
        after = answer.nextCursor;
        setListening(true);
        setFailure(undefined);
        add(answer.data.map(rowOfFrame));
      }
    };
    let timer: ReturnType<typeof setTimeout>;
    const keepListening = () =>
      listen().catch((error) => {
        if (gone.signal.aborted) return;
        setListening(false);
        setFailure(failureOf(error));
        timer = setTimeout(() => void keepListening(), againMs);
      });
    void keepListening();
    return () => {
      clearTimeout(timer);
      gone.abort();
      setListening(false);
    };
  }, [client, paused, add]);

  return { listening, failure };
}
