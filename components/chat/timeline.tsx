"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import {
  type KeyboardEvent,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { visibleMessages } from "../../client/chat-state.ts";
import type { Outgoing } from "../../client/message-log.ts";
import { useParleyState } from "../../client/react/provider.tsx";
import type { OpenChat } from "../../client/react/use-chat.ts";
import { Button } from "../ui/button.tsx";
import { JumpStatus } from "./jump-status.tsx";
import { mentionsIn } from "./mention-text.ts";
import type { MessageActions } from "./message-menu.tsx";
import { MessageRow } from "./message-row.tsx";
import { nameOf } from "./names.ts";
import { OutgoingRow } from "./outgoing-row.tsx";
import { readersOf } from "./readers-of.ts";
import { ShownMarker } from "./shown-marker.ts";
import { TimelineEdge } from "./timeline-edge.tsx";
import { act, nextRow, seqOf } from "./timeline-keys.ts";
import { FloatingDay, TimelineLine } from "./timeline-line.tsx";
import { landingOf, lastVisibleSeq, type TimelineRow } from "./timeline-rows.ts";
import { useFading } from "./use-fading.ts";
import { useJump } from "./use-jump.ts";
import { usePages } from "./use-pages.ts";
import { useReadingPlace } from "./use-reading-place.ts";
import { useStaysAtEnd } from "./use-stays-at-end.ts";
import { useTimelineRows } from "./use-timeline-rows.ts";
import { useUnseen } from "./use-unseen.ts";

/** Pixels, before a row is measured. */
const HEIGHTS: Record<TimelineRow["kind"], number> = {
  earlier: 56,
  later: 56,
  start: 72,
  day: 44,
  unread: 36,
  message: 46,
  outgoing: 62,
};
const NEAR_END_PX = 60;
/** Frames in which the place of entry is held. */
const ENTRY_STEPS = 6;
const HIGHLIGHT_MS = 2_000;

export interface TimelineHandle {
  jumpTo: (seq: number) => void;
  toEnd: () => void;
  /** False when there is no message. */
  focus: () => boolean;
}

export interface TimelineProps {
  open: OpenChat;
  unreadAfter: number | undefined;
  /** Whether the person is looking: page visible, window in front. */
  attended: boolean;
  actions: MessageActions;
  onEditUnsent: (item: Outgoing) => void;
  foundText: string;
  handle?: Ref<TimelineHandle>;
}

/**
 * The messages of one chat. Only what is near the view is in the page; older pages come in above without moving what is being read.
 * A plain list, no live region: loading history must never be read out.
 */
export function Timeline(props: TimelineProps) {
  const { open, unreadAfter, attended, actions, onEditUnsent, foundText, handle } = props;
  const { chat, room, messages, hasEarlier, hasLater } = open;
  const me = useParleyState((state) => state.me);
  const people = useParleyState((state) => state.people);
  const live = useParleyState((state) => state.link === "live");
  const outbox = chat?.log.outbox ?? NONE;
  const isWhole = hasEarlier === false && messages.length > 0;
  const top = open.loading ? "nothing" : isWhole ? "start" : "earlier";
  const rows = useTimelineRows({ messages, outbox, me, unreadAfter, top, hasLater });
  const scroller = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState<string>();
  const [highlighted, setHighlighted] = useFading<number>(HIGHLIGHT_MS);
  // Neither what is loaded after older messages is news, nor the newest ones that these come to in the end.
  const [follows, setFollows] = useState(true);
  useEffect(() => setFollows(!hasLater), [hasLater]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => HEIGHTS[rows[at]?.kind ?? "message"],
    getItemKey: (at) => rows[at]?.key ?? at,
    anchorTo: "end",
    followOnAppend: follows && !hasLater,
    scrollEndThreshold: NEAR_END_PX,
    overscan: 5,
    scrollPaddingStart: 96,
    paddingEnd: 8,
    useAnimationFrameWithResizeObserver: true,
  });
  const { watch, release } = useReadingPlace(virtual, rows);
  const [target, setTarget] = useState<number>();
  const toEnd = () => {
    jumping.giveUp();
    release();
    if (!hasLater) return virtual.scrollToEnd();
    room.toNewest();
    setTarget(Number.MAX_SAFE_INTEGER);
  };
  const items = virtual.getVirtualItems();
  const atEnd = !hasLater && virtual.isAtEnd(NEAR_END_PX);
  useStaysAtEnd(virtual, atEnd);
  const isHere = rows.length > 0 && !open.loading;
  const lastSeq = messages.at(-1)?.seq ?? 0;
  // Of the chat: messages up to it may still be on their way.
  const newest = Math.max(lastSeq, chat?.chat.lastSeq ?? 0);
  const latest = useMemo(() => (hasLater && chat ? visibleMessages(chat) : messages), [hasLater, chat, messages]);
  const unseen = useUnseen(latest.at(-1)?.seq ?? 0, atEnd, latest, me);

  const jumping = useJump(room, live, setTarget);
  const { jump, jumpTo } = jumping;
  const isOnItsWay = jump !== undefined && jump.state !== "failed";
  const oldest = messages[0]?.seq ?? 0;
  const isUnreadAbove = oldest > (chat?.chat.lastReadSeq ?? 0) + 1;
  const isUnreadElsewhere = unreadAfter !== undefined && oldest > unreadAfter + 1;

  // At entry: where the unread begins, else the end. Again while the rows around it are being measured, or it would drift away.
  const [entering, setEntering] = useState(ENTRY_STEPS);
  useLayoutEffect(() => {
    if (!isHere || entering === 0) return;
    if (isUnreadElsewhere) {
      setEntering(0);
      return jumpTo(unreadAfter + 1);
    }
    const at = rows.findIndex(({ kind }) => kind === "unread");
    if (at >= 0) virtual.scrollToIndex(at, { align: "start" });
    else virtual.scrollToEnd();
    // From what it is by then: a link may have landed since.
    const frame = requestAnimationFrame(() => setEntering((now) => Math.max(0, now - 1)));
    return () => cancelAnimationFrame(frame);
  }, [isHere, entering, rows, virtual, isUnreadElsewhere, unreadAfter, jumpTo]);

  const { failed, load } = usePages(open, {
    ready: isHere && entering === 0 && !isOnItsWay,
    live,
    above: items[0]?.index ?? 0,
    below: rows.length - 1 - (items.at(-1)?.index ?? 0),
  });

  const readSeq = lastVisibleSeq(rows, virtual.range?.endIndex ?? -1);
  const marker = useMemo(() => new ShownMarker((seq) => room.markShown(seq)), [room]);
  useEffect(() => () => marker.stop(), [marker]);
  useEffect(() => {
    // All up to it would be: what is not here was not seen.
    marker.show(attended && entering === 0 && !isOnItsWay && !isUnreadAbove ? readSeq : 0);
  }, [marker, attended, readSeq, entering, isOnItsWay, isUnreadAbove]);

  const focusRow = useCallback(
    (at: number) => {
      const row = rows[at];
      if (row?.kind !== "message") return;
      setCurrent(row.key);
      release();
      virtual.scrollToIndex(at, { align: "auto" });
      // It may have to be drawn first.
      const focus = () => scroller.current?.querySelector<HTMLElement>(`[data-seq="${row.message.seq}"]`)?.focus();
      requestAnimationFrame(() => requestAnimationFrame(focus));
    },
    [rows, virtual, release],
  );

  useEffect(() => {
    // Before it has loaded nothing is known of where it leads.
    if (target === undefined || open.loading) return;
    const at = landingOf(rows, target, newest);
    if (at === undefined) return;
    setTarget(undefined);
    // Who comes by a link enters where it leads.
    setEntering(0);
    release();
    if (at === "end") return virtual.scrollToEnd();
    virtual.scrollToIndex(at, { align: "center" });
    setHighlighted(target);
  }, [target, open.loading, rows, newest, virtual, release, setHighlighted]);

  const lastMessageAt = rows.findLastIndex(({ kind }) => kind === "message");
  const currentAt = rows.findIndex(({ key }) => key === current);
  useImperativeHandle(handle, () => ({
    jumpTo,
    toEnd,
    focus: () => {
      focusRow(currentAt >= 0 ? currentAt : lastMessageAt);
      return lastMessageAt >= 0;
    },
  }));

  function onKeyDown(event: KeyboardEvent) {
    const at = rows.findIndex((row) => row.kind === "message" && String(row.message.seq) === seqOf(event.target));
    const row = rows[at];
    if (row?.kind !== "message" || event.target !== (event.target as HTMLElement).closest("article")) return;
    const next = nextRow(rows, at, event.key);
    if (next !== undefined) focusRow(next);
    else if (!act(event, row, actions, moderates)) return;
    event.preventDefault();
  }

  // In a chat of two nobody is over the other, not even who made it.
  const moderates = chat?.chat.kind === "group" && (chat.chat.role === "owner" || chat.chat.role === "moderator");
  const newestOwn = hasLater ? undefined : messages.findLast(({ senderId }) => senderId === me)?.seq;
  const reads = chat?.reads;
  const readers = useMemo(
    () => (reads && newestOwn !== undefined ? readersOf(reads, newestOwn, people) : NOBODY),
    [reads, newestOwn, people],
  );
  const tabStop = currentAt >= 0 && items.some(({ index }) => index === currentAt) ? currentAt : lastMessageAt;
  const topRow = rows[virtual.range?.startIndex ?? 0];

  return (
    <div className="relative min-h-0 flex-1">
      {virtual.isScrolling && topRow?.kind === "message" && <FloatingDay at={topRow.message.createdAt} />}
      <JumpStatus {...jumping} />
      <div
        ref={scroller}
        {...watch}
        className="h-full overflow-y-auto overscroll-contain px-2"
        style={{ overflowAnchor: "none" }}
      >
        {!isHere && <TimelineEdge open={open} />}
        <ul
          aria-label="Messages"
          aria-busy={open.loading || isOnItsWay}
          onKeyDown={onKeyDown}
          className="relative w-full"
          style={{ height: virtual.getTotalSize() }}
        >
          {items.map(({ index, key, start }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                {row.kind === "message" ? (
                  <MessageRow
                    message={row.message}
                    own={row.own}
                    leads={row.leads}
                    author={nameOf(people, row.message.senderId)}
                    avatarUrl={people[row.message.senderId]?.avatarUrl}
                    quoted={row.quoted}
                    {...mentionsIn(row.message, people, me)}
                    quotedAuthor={typeof row.quoted === "object" ? nameOf(people, row.quoted.senderId) : ""}
                    onJump={jumpTo}
                    seenBy={row.message.seq === newestOwn ? readers : NOBODY}
                    current={index === tabStop}
                    highlighted={row.message.seq === highlighted}
                    foundText={foundText}
                    actions={actions}
                    moderates={moderates}
                  />
                ) : row.kind === "outgoing" ? (
                  <OutgoingRow item={row.item} room={room} live={live} onEdit={onEditUnsent} />
                ) : row.kind === "earlier" || row.kind === "later" ? (
                  <TimelineEdge open={open} failed={failed[row.kind] && row.kind} onRetry={() => load(row.kind)} />
                ) : (
                  <TimelineLine row={row} />
                )}
              </li>
            );
          })}
        </ul>
      </div>
      {isHere && !atEnd && (
        <Button
          size="sm"
          onClick={toEnd}
          className="absolute bottom-2 left-1/2 -translate-x-1/2 rounded-full shadow-sm"
        >
          <ArrowDown aria-hidden className="size-3.5" />
          {unseen > 0 ? `${unseen} new` : "Newest"}
        </Button>
      )}
    </div>
  );
}

const NONE: readonly Outgoing[] = [];
const NOBODY: readonly string[] = [];
