"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { useParleyState } from "../../../client/react/provider.tsx";
import { unreadInChats } from "../../../client/state.ts";
import { ChatApp } from "../../../components/chat/chat-app.tsx";
import { Hosted } from "../../../components/chat/hosted.tsx";
import { useTitleBadge } from "../../../components/chat/use-title-badge.ts";
import { useUnreadToFrame } from "../../../components/chat/use-unread-to-frame.ts";
import type { Theme } from "../../../components/ui/theme.ts";
import { ThemeMenu } from "../../../components/ui/theme-menu.tsx";

export interface ChatPageProps {
  tenantId: string;
  tenantName: string;
  demo: boolean;
  theme: Theme;
}

/** The hosted chat at its address: `?chat=` is the open one, so that Back works and a chat can be linked to; `?as=` a person of the demo. */
export function ChatPage({ tenantId, tenantName, demo, theme }: ChatPageProps) {
  const query = useSearchParams();
  const chatId = query.get("chat") ?? undefined;
  const seq = Number(query.get("seq") ?? 0);
  const onOpenChat = useCallback((next: string | undefined) => go({ chat: next, seq: undefined }, "push"), []);
  const onPicked = useCallback((userId: string) => go({ as: userId }, "replace"), []);
  return (
    <Hosted
      tenantId={tenantId}
      tenantName={tenantName}
      demo={demo}
      as={query.get("as") ?? undefined}
      onPicked={onPicked}
    >
      {({ people }) => (
        <>
          <Badge title={`Chat – ${tenantName}`} />
          <ChatApp
            chatId={chatId}
            startAt={seq > 0 ? seq : undefined}
            linkOf={linkOf}
            onOpenChat={onOpenChat}
            people={people}
            tools={<ThemeMenu initial={theme} />}
          />
        </>
      )}
    </Hosted>
  );
}

function Badge({ title }: { title: string }) {
  const unread = useParleyState(unreadInChats);
  useTitleBadge(unread, title);
  useUnreadToFrame(unread);
  return null;
}

function linkOf(chatId: string, seq: number): string {
  return `${location.origin}${location.pathname}?${new URLSearchParams({ chat: chatId, seq: String(seq) })}`;
}

/** Next follows the browser's own history. */
function go(changes: Record<string, string | undefined>, how: "push" | "replace"): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  if (url.href === location.href) return;
  if (how === "push") history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}
