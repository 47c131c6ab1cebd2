"use client";

import {
  lazy,
  type ReactNode,
  type Ref,
  Suspense,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { visibleMessages } from "../../client/chat-state.ts";
import { sentenceOf } from "../../client/parley-error.ts";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import { useChat } from "../../client/react/use-chat.ts";
import type { Message } from "../../client/types.ts";
import { untilLoaded } from "../ui/until-loaded.ts";
import { Composer, type ComposerHandle, type ComposerProps } from "./composer.tsx";
import { MessageAnnouncer } from "./message-announcer.tsx";
import type { MessageActions } from "./message-menu.tsx";
import { nameOf } from "./names.ts";
import { reasonNotToWrite } from "./reason-not-to-write.ts";
import { Timeline, type TimelineHandle } from "./timeline.tsx";
import { TypingLine } from "./typing-line.tsx";
import { UnreadBar } from "./unread-bar.tsx";
import { usePassed } from "./use-passed.ts";
import { useUnreadSnapshot } from "./use-unread-snapshot.ts";

const DeleteQuestion = lazy(untilLoaded(() => import("./delete-question.tsx")));

export interface ConversationHandle {
  jumpTo: (seq: number) => void;
  /** False when there is no message to go to. */
  focusList: () => boolean;
  /** False where one may not write. */
  focusBox: () => boolean;
}

export interface ConversationProps {
  chatId: string;
  /** Whether the person is looking: only then is anything read. */
  attended: boolean;
  placeholder: string;
  /** The message that the address names: it is loaded, shown and lit up. */
  startAt?: number | undefined;
  /** The address of a message. */
  linkOf?: ((seq: number) => string) | undefined;
  /** What is searched for, to be marked in the messages. */
  foundText?: string;
  /** Before what is announced, where several conversations share a page. */
  announceAs?: string;
  header?: ReactNode;
  onProblem: (sentence: string) => void;
  handle?: Ref<ConversationHandle>;
}

/** One chat: its messages, who types, and the box to write in. The same in the hosted chat, on the first page and in other people's apps. */
export function Conversation(props: ConversationProps) {
  const {
    chatId,
    attended,
    placeholder,
    foundText = "",
    announceAs,
    header,
    onProblem,
    handle,
    startAt,
    linkOf,
  } = props;
  const client = useParley();
  const known = useChat(chatId);
  // Where there is no chat there are no messages to show, and none to miss.
  const open = known.chat ? known : { ...known, loading: true };
  const people = useParleyState((state) => state.people);
  const { chat, room, messages } = open;
  const newest = useMemo(() => (chat ? visibleMessages(chat) : []), [chat]);
  const isMuteOver = usePassed(chat?.chat.mutedUntil);
  const snapshot = useUnreadSnapshot(chat);
  const [about, setAbout] = useState<ComposerProps["about"]>();
  const [deleting, setDeleting] = useState<{ message: Message; open: boolean }>();
  const page = useRef<HTMLDivElement>(null);
  const timeline = useRef<TimelineHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const peopleRef = useRef(people);
  useEffect(() => {
    peopleRef.current = people;
  });

  useImperativeHandle(handle, () => ({
    jumpTo: (seq) => timeline.current?.jumpTo(seq),
    focusList: () => timeline.current?.focus() ?? false,
    focusBox: () => composer.current?.focus() ?? false,
  }));

  const start = useCallback(
    (kind: "reply" | "edit", message: Message) =>
      setAbout({ kind, message, author: nameOf(peopleRef.current, message.senderId) }),
    [],
  );
  const orSay = useCallback(
    (doing: string, work: Promise<void>) =>
      void work.catch((error: unknown) => onProblem(`${doing}: ${sentenceOf(error)}`)),
    [onProblem],
  );
  const actions = useMemo<MessageActions>(
    () => ({
      reply: (message) => start("reply", message),
      edit: (message) => start("edit", message),
      delete: (message) => setDeleting({ message, open: true }),
      markUnread: (message) => orSay("Not marked", room.markUnread(message.seq)),
      linkOf,
    }),
    [room, start, orSay, linkOf],
  );

  function editLast() {
    const last = newest.findLast(({ senderId, deletedAt }) => senderId === client.me && !deletedAt);
    if (last) start("edit", last);
  }

  const isHere = !open.loading;
  useEffect(() => {
    if (isHere && startAt !== undefined) timeline.current?.jumpTo(startAt);
  }, [isHere, startAt]);

  const names = Object.keys(chat?.typing ?? {}).map((userId) => nameOf(people, userId));
  return (
    <div ref={page} className="flex h-full min-h-0 min-w-0 flex-1 flex-col">
      {header}
      {snapshot && (
        <UnreadBar
          key={`${chatId} ${snapshot.after}`}
          snapshot={snapshot}
          room={room}
          lastSeq={chat?.chat.lastSeq ?? 0}
          since={firstUnread(newest, snapshot.after, client.me)?.createdAt}
          onJump={() => timeline.current?.jumpTo(snapshot.after + 1)}
        />
      )}
      <Timeline
        handle={timeline}
        open={open}
        unreadAfter={snapshot?.after}
        attended={attended && deleting?.open !== true}
        actions={actions}
        onEditUnsent={(item) => {
          room.discard(item.clientMessageId);
          composer.current?.fill(item.content);
          const answered = messages.find(({ id }) => id === item.replyToId);
          if (answered) start("reply", answered);
        }}
        foundText={foundText}
      />
      <TypingLine room={room} names={names} />
      <Composer
        handle={composer}
        room={room}
        placeholder={placeholder}
        ready={chat !== undefined}
        about={about}
        onDone={() => setAbout(undefined)}
        onEditLast={editLast}
        onMarkRead={() => room.markRead(chat?.chat.lastSeq ?? 0)}
        onSent={() => timeline.current?.toEnd()}
        onProblem={onProblem}
        barred={chat && reasonNotToWrite(chat.chat, isMuteOver)}
      />
      <MessageAnnouncer key={chatId} chatId={chatId} prefix={announceAs} />
      <Suspense>
        {deleting && (
          <DeleteQuestion
            message={deleting.message}
            open={deleting.open}
            onOpenChange={(open) => setDeleting({ ...deleting, open })}
            onDelete={() => orSay("Not deleted", room.delete(deleting.message.id))}
            rowOf={() => page.current?.querySelector<HTMLElement>(`[data-seq="${deleting.message.seq}"]`) ?? null}
          />
        )}
      </Suspense>
    </div>
  );
}

/** Undefined where it is not among the messages that are here. */
function firstUnread(messages: readonly Message[], after: number, me: string): Message | undefined {
  const isWhole = (messages[0]?.seq ?? Number.POSITIVE_INFINITY) <= after + 1;
  return isWhole ? messages.find(({ seq, senderId }) => seq > after && senderId !== me) : undefined;
}
