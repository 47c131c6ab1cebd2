"use client";

import { Keyboard, MessageSquarePlus, MessagesSquare, Volume2, VolumeX } from "lucide-react";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { sentenceOf } from "../../client/parley-error.ts";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import { chatsInOrder } from "../../client/state.ts";
import type { Person } from "../../client/types.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { useToast } from "../ui/toast.tsx";
import { untilLoaded } from "../ui/until-loaded.ts";
import { ChatHeader } from "./chat-header.tsx";
import { ChatList } from "./chat-list.tsx";
import { ChatSearch } from "./chat-search.tsx";
import { Conversation, type ConversationHandle } from "./conversation.tsx";
import { LinkBanner } from "./link-banner.tsx";
import { LinkPill } from "./link-pill.tsx";
import { nameOf } from "./names.ts";
import { nextRegion } from "./next-region.ts";
import { Undeliverable } from "./undeliverable.tsx";
import { useAttention } from "./use-attention.ts";
import { useAway } from "./use-away.ts";
import { useChatKeys } from "./use-chat-keys.ts";
import { useFollowedFocus } from "./use-followed-focus.ts";
import { useSound, useSoundSwitch } from "./use-sound.ts";

// What is not there at first is loaded when it is asked for.
const MembersPanel = lazy(untilLoaded(() => import("./members-panel.tsx")));
const NewChatDialog = lazy(untilLoaded(() => import("./new-chat-dialog.tsx")));
const ShortcutSheet = lazy(untilLoaded(() => import("./shortcut-sheet.tsx")));

export interface ChatAppProps {
  /** The chat that the address names. */
  chatId: string | undefined;
  /** The message that the address names. */
  startAt?: number | undefined;
  /** The address of a message, where it leads others to it. */
  linkOf?: ((chatId: string, seq: number) => string) | undefined;
  /** Changes the address; undefined leads back to the list. */
  onOpenChat: (chatId: string | undefined) => void;
  /** People whom the page knows beside those of one's chats, to start a chat with. */
  people?: readonly Person[];
  /** Whose chat it is, above one's own name. */
  brand?: ReactNode;
  /** Beside the title: theme, bell. */
  tools?: ReactNode;
  /** Below everything: the demo's strip. */
  footer?: ReactNode;
}

const NOBODY: readonly Person[] = [];

/** The whole chat of one person. Needs a `ParleyProvider` and a `ToastProvider` above it, and knows no router. */
export function ChatApp({ chatId, startAt, linkOf, onOpenChat, people = NOBODY, brand, tools, footer }: ChatAppProps) {
  const client = useParley();
  const toast = useToast();
  const attended = useAttention();
  const link = useParleyState((state) => state.link);
  const me = useParleyState((state) => nameOf(state.people, state.me));
  const isGone = useParleyState((state) => chatId !== undefined && state.gone[chatId] === true);
  const [dialog, setDialog] = useState<"new" | "members" | "keys">();
  const [searching, setSearching] = useState(false);
  const [found, setFound] = useState("");
  const conversation = useRef<ConversationHandle>(null);
  const finder = useRef<HTMLInputElement>(null);
  const searchBox = useRef<HTMLInputElement>(null);
  const finds = useRef(false);
  // What was opened of one chat does not stand over another, whichever way that comes up: a click, a key, the browser's Back.
  const [openedOf, setOpenedOf] = useState(chatId);
  if (openedOf !== chatId) {
    setOpenedOf(chatId);
    setSearching(false);
    setFound("");
    if (dialog === "members") setDialog(undefined);
  }
  const openNow = useRef(chatId);
  openNow.current = chatId;
  const toastRef = useRef(toast);
  toastRef.current = toast;
  const say = useCallback((sentence: string) => toastRef.current({ title: sentence, tone: "bad" }), []);
  const linkOfMessage = useMemo(
    () => (linkOf && chatId !== undefined ? (seq: number) => linkOf(chatId, seq) : undefined),
    [linkOf, chatId],
  );
  const page = useRef<HTMLDivElement>(null);
  useFollowedFocus(page, chatId);
  useEffect(() => {
    if (chatId === undefined && finds.current) finder.current?.focus();
    finds.current = false;
  }, [chatId]);
  useAway();
  useSound();

  const close = () => setDialog(undefined);

  function find() {
    if (focusOn(finder.current)) return;
    // On a phone the list is not beside the chat: once it is there instead.
    finds.current = true;
    onOpenChat(undefined);
  }

  function search(): boolean {
    if (chatId === undefined || isGone) return false;
    setSearching(true);
    searchBox.current?.focus();
    searchBox.current?.select();
    return true;
  }

  function step(by: -1 | 1, unread: boolean) {
    const all = chatsInOrder(client.getState()).filter(
      ({ chat }) => chat.id === chatId || !unread || (chat.unreadCount ?? 0) > 0,
    );
    const at = all.findIndex(({ chat }) => chat.id === chatId);
    const next = all[(at + by + all.length) % all.length];
    if (next) onOpenChat(next.chat.id);
  }

  useChatKeys({
    find,
    search,
    help: () => setDialog("keys"),
    region: () =>
      nextRegion(regionNow(), {
        chats: () => focusOn(finder.current),
        messages: () => conversation.current?.focusList() ?? false,
        box: () => conversation.current?.focusBox() ?? false,
      }),
    step,
  });

  return (
    <div ref={page} className="flex h-full min-w-0 flex-1 flex-col bg-bg">
      <button
        type="button"
        onClick={() => conversation.current?.focusBox() || conversation.current?.focusList()}
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the message box
      </button>
      <div className="relative flex min-h-0 flex-1">
        <LinkBanner
          className={cn(
            "inset-x-0 md:top-44 md:bottom-auto md:left-[19rem]",
            chatId === undefined ? "bottom-4" : "top-44",
          )}
        />
        <aside
          className={cn(
            "flex min-h-0 w-full flex-col border-line border-r bg-surface md:flex md:w-[19rem] md:shrink-0",
            chatId !== undefined && "hidden",
          )}
        >
          {brand && <div className="flex h-11 shrink-0 items-center border-line border-b px-4">{brand}</div>}
          <div className="flex h-15 shrink-0 items-center gap-1 px-4">
            <div className="min-w-0 flex-1">
              <p className="truncate font-semibold text-sm">{me}</p>
              <LinkPill link={link} />
            </div>
            <SoundButton />
            <IconButton
              icon={Keyboard}
              label="Keys (Ctrl /)"
              onClick={() => setDialog("keys")}
              className="max-md:hidden"
            />
            <IconButton icon={MessageSquarePlus} label="New chat" onClick={() => setDialog("new")} />
            {tools}
          </div>
          <ChatList current={chatId} onOpen={onOpenChat} onNew={() => setDialog("new")} searchRef={finder} />
        </aside>
        <main
          className={cn("flex min-h-0 min-w-0 flex-1 flex-col bg-surface", chatId === undefined && "hidden md:flex")}
        >
          {chatId === undefined || isGone ? (
            <EmptyState
              className="m-auto"
              icon={MessagesSquare}
              title={chatId === undefined ? "Choose a chat" : "This chat is not yours to see"}
              action={
                chatId === undefined ? (
                  <Button variant="primary" onClick={() => setDialog("new")}>
                    New chat
                  </Button>
                ) : (
                  <Button onClick={() => onOpenChat(undefined)}>Back to the chats</Button>
                )
              }
            >
              {chatId === undefined ? (
                <>
                  Or start a new one.{" "}
                  <span className="pointer-coarse:hidden">Ctrl K finds a chat, Ctrl / shows all keys.</span>
                </>
              ) : (
                "You are no member of it, or it is gone."
              )}
            </EmptyState>
          ) : (
            <Conversation
              key={chatId}
              handle={conversation}
              chatId={chatId}
              attended={attended && dialog === undefined}
              placeholder="Write a message"
              startAt={startAt}
              linkOf={linkOfMessage}
              foundText={found}
              onProblem={say}
              header={
                <>
                  <ChatHeader
                    chatId={chatId}
                    onBack={() => onOpenChat(undefined)}
                    onSearch={search}
                    onMembers={() => setDialog("members")}
                    onMute={(mute) =>
                      void client
                        .room(chatId)
                        .mute(mute)
                        .catch((error: unknown) => say(`Notifications not changed: ${sentenceOf(error)}`))
                    }
                  />
                  {searching && (
                    <ChatSearch
                      chatId={chatId}
                      boxRef={searchBox}
                      onFound={(text, message) => {
                        setFound(text);
                        if (message) conversation.current?.jumpTo(message.seq);
                      }}
                      onClose={() => {
                        setSearching(false);
                        setFound("");
                        conversation.current?.focusBox();
                      }}
                    />
                  )}
                </>
              }
            />
          )}
        </main>
      </div>
      <Undeliverable />
      {footer}
      <Suspense>
        {dialog === "new" && <NewChatDialog open onOpenChange={close} people={people} onMade={onOpenChat} />}
        {dialog === "keys" && <ShortcutSheet open onOpenChange={close} />}
        {dialog === "members" && chatId !== undefined && (
          <MembersPanel
            chatId={chatId}
            people={people}
            open
            onOpenChange={close}
            onLeft={() => openNow.current === chatId && onOpenChat(undefined)}
          />
        )}
      </Suspense>
    </div>
  );
}

function SoundButton() {
  const [on, turn] = useSoundSwitch();
  return (
    <IconButton
      icon={on ? Volume2 : VolumeX}
      label={on ? "Sound is on" : "Sound is off"}
      aria-pressed={on}
      onClick={() => turn(!on)}
    />
  );
}

/** False for what is not shown: it would take no focus. */
function focusOn(element: HTMLElement | null): boolean {
  if (!element || element.getClientRects().length === 0) return false;
  element.focus();
  return true;
}

/** What stands above the messages is before them. */
function regionNow(): Parameters<typeof nextRegion>[0] {
  const active = document.activeElement;
  if (active === document.body || active?.closest("aside, main header")) return "chats";
  return active?.closest('[aria-label="Messages"]') ? "messages" : "elsewhere";
}
