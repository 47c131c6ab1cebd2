import type { ChatState } from "./chat-state.ts";
import { emptyLog, type MessageLog, readableMessages, reduceLog, withBeside } from "./message-log.ts";
import type { Message } from "./types.ts";

/** A stretch of older messages, apart from the newest: where somebody looks at what was said long ago. */
export interface Aside {
  /** Tells it from the one before: a page that was asked for there has no place here. */
  key: number;
  log: MessageLog;
  /** Cursor of the next older page; null at the start of the conversation. */
  earlier: string | null;
}

export interface AsidePage {
  key: number;
  /** The first page of a new one. */
  opens: boolean;
  page: readonly Message[];
  /** Undefined where the page adds newer messages. */
  earlier: string | null | undefined;
}

/** A page of it, and what was heard while that was under way. Once it reaches the newest messages it is a part of those. */
export function withAsidePage(state: ChatState, { key, opens, page, earlier }: AsidePage): ChatState {
  const { early, me } = state.log;
  const log = reduceLog(state.log, { type: "not-loaded" });
  const known = opens ? { key, log: emptyLog(me), earlier: null } : state.aside;
  if (known?.key !== key || (opens && page.length === 0)) return { ...state, log };
  const loaded = early.reduce(withVersionOf, withBeside(known.log, page));
  return joined({
    ...state,
    log,
    aside: { key, log: loaded, earlier: earlier === undefined ? known.earlier : earlier },
  });
}

/** Whether the message with that seq is there. */
export function isInAside({ log }: Aside, seq: number): boolean {
  return log.from !== null && seq >= log.from && seq <= (log.messages.at(-1)?.seq ?? 0);
}

/** Another version of a message in it. */
export function withVersionOf(log: MessageLog, message: Message): MessageLog {
  const isPart = log.messages.some(({ id }) => id === message.id);
  return isPart ? reduceLog(log, { type: "seen", message }) : log;
}

function joined(state: ChatState): ChatState {
  const { aside, log } = state;
  const last = aside && readableMessages(aside.log).at(-1);
  if (!last || log.from === null || last.seq < log.from - 1) return state;
  const goesDeeper = log.from < (aside.log.from ?? 1);
  const earlier = goesDeeper ? state.earlier : aside.earlier;
  return { ...state, log: withBeside(log, aside.log.messages), earlier, aside: undefined };
}
