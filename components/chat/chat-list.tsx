"use client";

import { MessageSquarePlus, MessagesSquare } from "lucide-react";
import { type Ref, useEffect, useMemo, useRef, useState } from "react";
import type { ChatState } from "../../client/chat-state.ts";
import type { Parley } from "../../client/parley.ts";
import { sentenceOf } from "../../client/parley-error.ts";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import { useChats } from "../../client/react/use-chats.ts";
import { usePresence } from "../../client/react/use-presence.ts";
import { isMuted } from "../../client/state.ts";
import { Avatar } from "../ui/avatar.tsx";
import { CountBadge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { inputClass } from "../ui/input-class.ts";
import { isComposing } from "../ui/is-composing.ts";
import { Kbd } from "../ui/kbd.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { nameOf, otherOf, type People, titleOf } from "./names.ts";
import { PresenceDot } from "./presence-dot.tsx";
import { whenOf } from "./times.ts";
import { typingSentence } from "./typing-line.tsx";
import { useKeptDraft } from "./use-draft.ts";
import { useToday } from "./use-today.ts";

export interface ChatListProps {
  current: string | undefined;
  onOpen: (chatId: string) => void;
  onNew: () => void;
  searchRef: Ref<HTMLInputElement>;
}

/** One's chats, newest activity first, with what is unread. */
export function ChatList({ current, onOpen, onNew, searchRef }: ChatListProps) {
  const client = useParley();
  const { chats, phase, problem, hasMore, loadMore } = useChats();
  const people = useParleyState((state) => state.people);
  const [filter, setFilter] = useState("");
  const [older, setOlder] = useState<"idle" | "loading" | { problem: string }>("idle");
  useNamesOfDirectChats(chats);
  const others = chats.flatMap((state) => otherOf(state)?.userId ?? []);
  const presence = usePresence(others);
  const shown = useMemo(() => {
    const words = filter.trim().toLocaleLowerCase();
    return chats.filter((state) => titleOf(state, people).toLocaleLowerCase().includes(words));
  }, [chats, people, filter]);

  function showOlder() {
    setOlder("loading");
    loadMore().then(
      () => setOlder("idle"),
      (error: unknown) => setOlder({ problem: sentenceOf(error) }),
    );
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="relative px-3 pb-2">
        <input
          ref={searchRef}
          type="search"
          aria-label="Find a chat"
          placeholder="Find a chat"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (isComposing(event)) return;
            const [first] = shown;
            if (event.key === "Enter" && first) onOpen(first.chat.id);
            if (event.key === "Escape") setFilter("");
          }}
          className={cn(inputClass, "peer")}
        />
        {/* Where there are keys to press. */}
        <span
          aria-hidden
          className="-translate-y-1/2 pointer-events-none absolute top-[calc(50%-0.25rem)] right-5 peer-focus:hidden peer-[:not(:placeholder-shown)]:hidden max-md:hidden pointer-coarse:hidden"
        >
          <Kbd>Ctrl K</Kbd>
        </span>
      </div>
      <nav aria-label="Chats" className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {phase === "loading" && chats.length === 0 && <ListSkeleton />}
        {phase === "failed" && (
          <ErrorNote className="m-2" onRetry={() => client.retry()}>
            {problem}
          </ErrorNote>
        )}
        {phase === "ready" && chats.length === 0 && (
          <EmptyState
            icon={MessagesSquare}
            title="No chats yet"
            action={
              <Button variant="primary" onClick={onNew}>
                <MessageSquarePlus aria-hidden className="size-4" />
                Start a chat
              </Button>
            }
          >
            Start one with a person or a group. Chats you are added to appear here by themselves.
          </EmptyState>
        )}
        {chats.length > 0 && shown.length === 0 && (
          <EmptyState
            icon={MessagesSquare}
            title={hasMore ? "None of the newest chats is called that" : "No chat is called that"}
            action={<Button onClick={() => setFilter("")}>Show all</Button>}
          />
        )}
        <ul className="space-y-0.5">
          {shown.map((state) => {
            const other = otherOf(state);
            return (
              <li key={state.chat.id}>
                <Row
                  state={state}
                  people={people}
                  current={state.chat.id === current}
                  presence={
                    other && <PresenceDot presence={presence[other.userId]} className="absolute right-0 bottom-0" />
                  }
                  onOpen={() => onOpen(state.chat.id)}
                />
              </li>
            );
          })}
        </ul>
        {typeof older === "object" && (
          <ErrorNote className="m-2" onRetry={showOlder}>
            {older.problem}
          </ErrorNote>
        )}
        {hasMore && (
          <Button variant="ghost" className="mt-2 w-full" disabled={older === "loading"} onClick={showOlder}>
            Show older chats
          </Button>
        )}
      </nav>
    </div>
  );
}

interface RowProps {
  state: ChatState;
  people: People;
  current: boolean;
  presence: React.ReactNode;
  onOpen: () => void;
}

function Row({ state, people, current, presence, onOpen }: RowProps) {
  const client = useParley();
  const { chat } = state;
  const draft = useKeptDraft({ tenantId: client.tenantId, me: client.me, chatId: chat.id });
  const title = titleOf(state, people);
  const unread = chat.unreadCount ?? 0;
  const at = chat.lastMessage?.createdAt ?? chat.createdAt;
  const today = useToday();
  return (
    <button
      type="button"
      data-chat={chat.id}
      aria-current={current ? "page" : undefined}
      onClick={onOpen}
      className={cn(
        "flex w-full items-center gap-3 rounded-xl px-2.5 py-2 text-left -outline-offset-2",
        current ? "bg-accent-soft text-on-accent-soft" : "hover:bg-sunken",
      )}
    >
      <span className="relative shrink-0">
        <Avatar name={title} src={otherOf(state)?.avatarUrl} className="size-10" />
        {presence}
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span className={cn("min-w-0 flex-1 truncate text-sm", unread > 0 ? "font-semibold" : "font-medium")}>
            {title}
          </span>
          <time dateTime={at} className={cn("shrink-0 text-xs", current ? "" : "text-muted")}>
            {whenOf(at, today)}
          </time>
        </span>
        <span className="mt-0.5 flex items-center gap-2">
          <span className={cn("min-w-0 flex-1 truncate text-xs", current ? "" : "text-muted")}>
            {preview(state, people, current ? "" : draft)}
          </span>
          <CountBadge count={unread} isQuiet={isMuted(chat)} />
        </span>
      </span>
    </button>
  );
}

function preview({ chat, typing, log }: ChatState, people: People, draft: string): React.ReactNode {
  const typers = Object.keys(typing).map((userId) => nameOf(people, userId));
  if (typers.length > 0) return typingSentence(typers);
  if (draft !== "") return <span className="text-bad">Draft: {draft}</span>;
  const last = chat.lastMessage;
  if (!last) return "Nothing said yet";
  const text = last.deletedAt ? "Message deleted" : last.content;
  if (last.senderId === log.me) return `You: ${text}`;
  const name = people[last.senderId]?.displayName;
  return chat.kind === "group" && name ? `${name.split(" ")[0]}: ${text}` : text;
}

/** A direct chat is called by the other one, who is among its members. */
function useNamesOfDirectChats(chats: readonly ChatState[]): void {
  const client = useParley();
  const unnamed = chats.filter(({ chat, members }) => chat.name === "" && !members).map(({ chat }) => chat.id);
  const wanted = unnamed.join(",");
  // Each answer leaves fewer that are wanted: what is under way is not asked for again.
  const asked = useRef<{ client?: Parley; ids: Set<string> }>({ ids: new Set() });
  useEffect(() => {
    if (asked.current.client !== client) asked.current = { client, ids: new Set() };
    for (const id of wanted.split(",").filter(Boolean)) {
      if (asked.current.ids.has(id)) continue;
      asked.current.ids.add(id);
      // It is asked for again when the chat is opened; until then it has a makeshift name.
      client
        .room(id)
        .loadMembers()
        .catch(() => undefined);
    }
  }, [client, wanted]);
}

function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading chats" className="space-y-3 p-2">
      {["a", "b", "c", "d", "e"].map((key) => (
        <div key={key} className="flex items-center gap-3">
          <Skeleton className="size-10 rounded-full" />
          <div className="flex-1 space-y-2">
            <Skeleton className="h-3 w-3/5" />
            <Skeleton className="h-3 w-4/5" />
          </div>
        </div>
      ))}
    </div>
  );
}
