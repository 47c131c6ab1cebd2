import { useEffect, useMemo, useRef, useState } from "react";
import type { Message } from "../../client/types.ts";
import {
  findsIn,
  type Here,
  lookBack,
  newerFind,
  olderFind,
  type PageBefore,
  searchedFrom,
  startOf,
  wholeFrom,
} from "./finds.ts";

const SHORTEST = 2;

/** What one search has come to. */
interface Way {
  /** Where one is. */
  at: Message | undefined;
  /** Where one was, newest last: such a message may be here no more. */
  gone: readonly Message[];
  /** How far all was looked through, beyond what is here. */
  down: number;
  looks: "not" | "on" | "failed" | "in vain";
  /** The oldest message that was looked at. */
  back: Message | undefined;
}

const START: Way = { at: undefined, gone: [], down: Number.POSITIVE_INFINITY, looks: "not", back: undefined };

export interface FindsOptions {
  here: Here;
  page: PageBefore;
  /** What is looked for, to be marked; and where one goes to. */
  onFound: (words: string, message: Message | undefined) => void;
}

/** The way from one find to the next, on through older messages that are not here. */
export function useFinds({ here, page, onFound }: FindsOptions) {
  const [words, setWords] = useState("");
  const [way, setWay] = useState(START);
  const { at, gone, down, looks } = way;
  const finds = useMemo(() => (words === "" ? [] : findsIn(here, gone, words)), [here, gone, words]);
  const under = useRef<AbortController>(undefined);
  useEffect(() => () => under.current?.abort(), []);
  const from = wholeFrom(here, down, at);
  const start = startOf(here.newest);
  const [begun, setBegun] = useState(start);
  if (start !== begun) {
    setBegun(start);
    // What was let go of here is not looked through any more.
    if (start > begun)
      setWay((now) => ({ ...now, down: Number.POSITIVE_INFINITY, looks: now.looks === "in vain" ? "not" : now.looks }));
  }

  function search(text: string) {
    under.current?.abort();
    const next = text.trim().length < SHORTEST ? "" : text.trim().toLocaleLowerCase();
    setWords(next);
    setWay(START);
    onFound(next, undefined);
  }

  function goTo(message: Message | undefined) {
    if (!message) return;
    setWay((now) => ({ ...now, at: message, gone: [...now.gone, message], looks: "not" }));
    onFound(words, message);
  }

  function older() {
    if (looks === "on") return;
    const next = olderFind(finds, at, from);
    if (next) goTo(next);
    else if (from === 0 || looks === "in vain") goTo(finds[0]);
    else void look();
  }

  function newer() {
    if (looks !== "on") goTo(newerFind(finds, at));
  }

  async function look() {
    if (words === "" || looks === "on" || from === 0 || from === Number.POSITIVE_INFINITY) return;
    under.current = new AbortController();
    const { signal } = under.current;
    const change = (changes: Partial<Way>) => !signal.aborted && setWay((now) => ({ ...now, ...changes }));
    // Elsewhere there is a hole up to the newest, and what lies in it was not looked through.
    const isToNewest = from === searchedFrom(here, down);
    const reached = (seq: number) => (isToNewest ? { down: seq } : {});
    change({ looks: "on", back: undefined });
    try {
      const found = await lookBack(words, from, {
        page: async (seq) => {
          const answer = await page(seq);
          signal.throwIfAborted();
          return answer;
        },
        onPage: (oldest) => change({ back: oldest, ...reached(oldest.seq) }),
      });
      change({ looks: "in vain", ...reached(found?.seq ?? 0) });
      goTo(found);
    } catch {
      change({ looks: "failed" });
    }
  }

  function stop() {
    under.current?.abort();
    setWay((now) => ({ ...now, looks: "not" }));
  }

  return { ...way, words, finds, isWhole: from === 0, search, older, newer, look: () => void look(), stop };
}

export type Finds = ReturnType<typeof useFinds>;
