"use client";

import { useCallback, useMemo } from "react";
import { inTime, nextOf } from "../../client/api.ts";
import { shownMessages, visibleMessages } from "../../client/chat-state.ts";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import type { Message } from "../../client/types.ts";
import type { Here, PageBefore } from "./finds.ts";
import { SearchBar, type SearchBarProps } from "./search-bar.tsx";

const PAGE = 200;

/** A search in one chat. What is loaded for it alone is kept nowhere: a chat may have more than a page can hold. */
export function ChatSearch({ chatId, ...rest }: { chatId: string } & Omit<SearchBarProps, "here" | "page">) {
  const client = useParley();
  const chat = useParleyState(({ chats }) => chats[chatId]);
  const here = useMemo<Here>(
    () => ({
      newest: { messages: chat ? visibleMessages(chat) : [], hasEarlier: chat?.earlier !== null },
      aside: chat?.aside && { messages: shownMessages(chat), hasEarlier: chat.aside.earlier !== null },
    }),
    [chat],
  );
  const page = useCallback<PageBefore>(
    async (seq) => {
      const which = { chatId, limit: PAGE, before: String(seq) };
      const { body } = await client.api.call("messages.list", which, inTime());
      return { messages: body.data as Message[], hasEarlier: nextOf(body) !== null };
    },
    [client, chatId],
  );
  return <SearchBar here={here} page={page} {...rest} />;
}
