"use client";

import { Inbox as InboxIcon } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { InboxFilter } from "../../client/inbox-state.ts";
import { sentenceOf } from "../../client/parley-error.ts";
import { useParleyState } from "../../client/react/provider.tsx";
import { useInbox } from "../../client/react/use-inbox.ts";
import type { Notification } from "../../client/types.ts";
import { dayOf } from "../chat/times.ts";
import { useAttention } from "../chat/use-attention.ts";
import { useToday } from "../chat/use-today.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useToast } from "../ui/toast.tsx";
import { byDay } from "./by-day.ts";
import { type NotificationActions, NotificationRow } from "./notification-row.tsx";
import { useTypeTitles } from "./type-titles.ts";
import { useArrival } from "./use-arrival.ts";

const UNDO_FOR_MS = 8_000;

const EMPTY: Record<string, [string, string]> = {
  all: ["Nothing here yet", "Notifications that are sent to you appear here by themselves."],
  unread: ["All read", "There is nothing unread."],
  archived: ["The archive is empty", "What you archive is kept here."],
  snoozed: ["Nothing sleeps", "What you snooze waits here and comes back by itself."],
};

export interface NotificationListProps {
  filter: InboxFilter;
  /** The newest so many, without more: for the bell. */
  most?: number;
  onOpenChat?: ((chatId: string) => void) | undefined;
  /** One that is to be opened, however far down it is. */
  asked?: Notification | undefined;
  /** It is, or cannot be. */
  onArrived?: () => void;
}

/** One list of notifications by day. What comes in is put above without moving the focus. */
export function NotificationList({ filter, most, onOpenChat, asked, onArrived }: NotificationListProps) {
  /** Opening marks read, and what was opened here stays here until one leaves the list. */
  const [opened, setOpened] = useState<readonly string[]>([]);
  const { items, loading, problem, hasMore, loadMore, retry, inbox } = useInbox(filter, opened);
  const titleOf = useTypeTitles();
  const toast = useToast();
  const today = useToday();
  const [openId, setOpenId] = useState<string>();
  const [currentId, setCurrentId] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  const shown = most === undefined ? items : items.slice(0, most);

  const attended = useAttention();
  const counters = useParleyState((state) => state.counters);
  const showsNew = !loading && attended && (filter === "all" || filter === "unread");
  useEffect(() => {
    // With each count: what comes in while the list is on the screen is seen too, and what could not be told is told again.
    if (showsNew && counters) inbox.seeAll().catch(() => undefined);
  }, [showsNew, counters, inbox]);

  /** The row beside one that is being put away: the focus goes there when it would be lost with that one. */
  const beside = useRef<{ id: string; next: string | undefined }>(undefined);
  useEffect(() => {
    if (!beside.current || shown.some(({ id }) => id === beside.current?.id)) return;
    if (document.activeElement === document.body) focusRow(beside.current.next);
    beside.current = undefined;
  });
  const leave = ({ id }: Notification) => {
    const at = shown.findIndex((one) => one.id === id);
    beside.current = { id, next: (shown[at + 1] ?? shown[at - 1])?.id };
  };

  function focusRow(id: string | undefined) {
    setCurrentId(id);
    list.current?.querySelector<HTMLElement>(`[data-notification="${id}"]`)?.focus();
  }

  const reveal = (item: Notification) => {
    setOpenId(item.id);
    if (!opened.includes(item.id)) setOpened([...opened, item.id]);
    setCurrentId(item.id);
    if (!item.isRead) attempt("Not marked read", inbox.setRead(item, true));
  };
  /** It is focused once it is drawn. */
  const arriving = useRef<string>(undefined);
  useArrival({
    to: asked,
    filter,
    loading,
    onHere: (item) => {
      reveal(item);
      arriving.current = item.id;
      onArrived?.();
    },
    onGone: () => {
      toast({ title: "It is not in the inbox any more" });
      onArrived?.();
    },
    onFailed: (error) => {
      toast({ title: "Not opened", description: sentenceOf(error), tone: "bad" });
      onArrived?.();
    },
  });
  useEffect(() => {
    if (!arriving.current || !list.current) return;
    focusRow(arriving.current);
    arriving.current = undefined;
  });

  const attempt = (doing: string, work: Promise<void>) =>
    void work.catch((error: unknown) => toast({ title: doing, description: sentenceOf(error), tone: "bad" }));
  /** To where it was: to sleep, into the archive, or into the inbox by taking back what was done. */
  const undo = (item: Notification, takeBack: () => Promise<void>) => ({
    label: "Undo",
    onClick: () => {
      const { archivedAt, snoozedUntil = "" } = item;
      const isAsleep = Date.parse(snoozedUntil) > Date.now();
      if (isAsleep) attempt("Not changed", inbox.snooze(item, new Date(snoozedUntil)));
      else attempt("Not changed", archivedAt ? inbox.setArchived(item, true) : takeBack());
    },
  });
  const actions: NotificationActions = {
    openChat: onOpenChat,
    open: (item) => {
      setCurrentId(item.id);
      if (openId === item.id) setOpenId(undefined);
      else reveal(item);
    },
    read: (item, read) => {
      if (filter === "unread" && !opened.includes(item.id)) leave(item);
      attempt("Not changed", inbox.setRead(item, read));
    },
    archive: (item, archived) => {
      leave(item);
      attempt("Not archived", inbox.setArchived(item, archived));
      toast({
        title: archived ? "Archived" : "Back in the inbox",
        action: undo(item, () => inbox.setArchived(item, false)),
      });
    },
    snooze: (item, until) => {
      leave(item);
      attempt("Not snoozed", inbox.snooze(item, until));
      toast({
        title: until
          ? `Comes back ${until.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}`
          : "Back in the inbox",
        action: undo(item, () => inbox.snooze(item, undefined)),
      });
    },
    delete: (item) => {
      leave(item);
      const { undo, late } = inbox.deleteLater(item, UNDO_FOR_MS, (error) =>
        toast({ title: "Not deleted", description: sentenceOf(error), tone: "bad" }),
      );
      const close = toast({ title: "Deleted", description: item.subject, action: { label: "Undo", onClick: undo } });
      // Held open by a pointer over it, or a page that lies behind another, it would offer what is no more.
      void late.then(close);
    },
  };

  function onKeyDown(event: KeyboardEvent) {
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const focused = (event.target as HTMLElement).dataset.notification;
    if (by === undefined || focused === undefined) return;
    event.preventDefault();
    const next = shown[shown.findIndex(({ id }) => id === focused) + by];
    if (next) focusRow(next.id);
  }

  if (problem && items.length === 0) return <ErrorNote onRetry={retry}>{problem}</ErrorNote>;
  if (loading) return <ListSkeleton />;
  if (shown.length === 0 && hasMore)
    return (
      <EmptyState
        icon={InboxIcon}
        title="That was all of the newest"
        action={<Button onClick={loadMore}>Show older</Button>}
      >
        {problem ?? "There are older ones."}
      </EmptyState>
    );
  if (shown.length === 0) {
    const [title, words] = EMPTY[filter] ?? ["Nothing of this type", "Choose another filter."];
    return (
      <EmptyState icon={InboxIcon} title={title ?? ""}>
        {words}
      </EmptyState>
    );
  }
  const tabStop = shown.some(({ id }) => id === currentId) ? currentId : shown[0]?.id;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the rows in it, which are focusable.
    <div ref={list} onKeyDown={onKeyDown} className="space-y-5">
      {byDay(shown).map(({ day, at, of }) => (
        <section key={day} aria-label={dayOf(at, today)}>
          <h2 className="px-1 pb-2 font-medium text-muted text-xs">{dayOf(at, today)}</h2>
          <ul className="space-y-2">
            {of.map((item) => (
              <li key={item.id}>
                <NotificationRow
                  item={item}
                  open={item.id === openId}
                  current={item.id === tabStop}
                  typeTitle={titleOf(item.type)}
                  actions={actions}
                />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {problem && <ErrorNote onRetry={loadMore}>{problem}</ErrorNote>}
      {most === undefined && hasMore && (
        <Button className="w-full" onClick={loadMore}>
          Show older
        </Button>
      )}
    </div>
  );
}

function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading notifications" className="space-y-2">
      {["a", "b", "c"].map((key) => (
        <Skeleton key={key} className="h-20 rounded-xl" />
      ))}
    </div>
  );
}
