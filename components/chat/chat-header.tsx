"use client";

import { ArrowLeft, Search, Users } from "lucide-react";
import { useParleyState } from "../../client/react/provider.tsx";
import { usePresence } from "../../client/react/use-presence.ts";
import type { Mute } from "../../client/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { ChatBell } from "./chat-bell.tsx";
import { otherOf, titleOf } from "./names.ts";
import { presenceWords } from "./presence-dot.tsx";
import { PresenceDots } from "./presence-dots.tsx";
import { useMinute } from "./use-minute.ts";

export interface ChatHeaderProps {
  chatId: string;
  onBack: () => void;
  onSearch: () => void;
  onMembers: () => void;
  onMute: (mute: Mute) => void;
}

export function ChatHeader({ chatId, onBack, onSearch, onMembers, onMute }: ChatHeaderProps) {
  const state = useParleyState(({ chats }) => chats[chatId]);
  const people = useParleyState((known) => known.people);
  const other = state && otherOf(state);
  const minute = useMinute();
  const presence = usePresence(other ? [other.userId] : []);
  const back = <IconButton icon={ArrowLeft} label="Back to the chats" onClick={onBack} className="md:hidden" />;
  // One that does not come leaves a way back: on a phone the list is not beside it.
  if (!state) return <header className="flex h-15 shrink-0 items-center border-line border-b px-3">{back}</header>;
  const title = titleOf(state, people);
  return (
    <header className="flex h-15 shrink-0 items-center gap-1 border-line border-b px-3 md:gap-3">
      {back}
      <Avatar name={title} src={other?.avatarUrl} className="size-9" />
      <div className="min-w-0 flex-1 pl-1.5 md:pl-0">
        <h1 tabIndex={-1} className="truncate font-semibold text-sm outline-none">
          {title}
        </h1>
        {other ? (
          <p className="h-4 truncate text-muted text-xs">{presenceWords(presence[other.userId], minute)}</p>
        ) : (
          <PresenceDots chatId={chatId} />
        )}
      </div>
      <IconButton icon={Search} label="Search (Ctrl F)" onClick={onSearch} />
      <IconButton icon={Users} label="Members" onClick={onMembers} />
      <ChatBell chat={state.chat} onChoose={onMute} />
    </header>
  );
}
