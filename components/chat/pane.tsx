"use client";

import { Plug, Unplug } from "lucide-react";
import { type FocusEvent, useState } from "react";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import type { DemoUser } from "../../client/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { CountBadge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { useToast } from "../ui/toast.tsx";
import { Conversation } from "./conversation.tsx";
import { LinkPill } from "./link-pill.tsx";
import { PresenceDots } from "./presence-dots.tsx";

/** One person's side of a conversation. Whoever is at a pane (focus inside it) reads what it shows. */
export function Pane({ user, chatId }: { user: DemoUser; chatId: string }) {
  const toast = useToast();
  const [attended, setAttended] = useState(false);
  const [say] = useState(() => (sentence: string) => toast({ title: sentence, tone: "bad" }));

  function onBlur(event: FocusEvent<HTMLElement>) {
    if (!event.currentTarget.contains(event.relatedTarget)) setAttended(false);
  }

  return (
    <section
      aria-label={user.displayName}
      onFocus={() => setAttended(true)}
      onBlur={onBlur}
      className="flex h-[28rem] min-w-0 flex-col bg-surface sm:h-[33rem]"
    >
      <Conversation
        chatId={chatId}
        attended={attended}
        placeholder={`Write as ${user.displayName.split(" ")[0]}`}
        announceAs={`${user.displayName} received from `}
        onProblem={say}
        header={<PaneHeader user={user} chatId={chatId} />}
      />
    </section>
  );
}

function PaneHeader({ user: { displayName, avatarUrl }, chatId }: { user: DemoUser; chatId: string }) {
  const client = useParley();
  const link = useParleyState((state) => state.link);
  const unread = useParleyState((state) => state.chats[chatId]?.chat.unreadCount ?? 0);
  const online = link !== "offline";
  const Icon = online ? Unplug : Plug;
  return (
    <header className="flex items-center gap-3 border-line border-b px-4 py-3">
      <Avatar name={displayName} src={avatarUrl} />
      <div className="min-w-0 flex-1">
        <h3 className="flex items-center gap-2 font-medium text-sm">
          <span className="truncate">{displayName}</span>
          <CountBadge count={unread} className="settle" />
        </h3>
        <PresenceDots chatId={chatId} />
      </div>
      <LinkPill link={link} />
      <Button
        variant="ghost"
        size="icon"
        aria-label={online ? `Take ${displayName} offline` : `Bring ${displayName} back`}
        title={online ? "Go offline" : "Come back"}
        onClick={() => client.setOnline(!online)}
      >
        <Icon aria-hidden className="size-4" />
      </Button>
    </header>
  );
}
