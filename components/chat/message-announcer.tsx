"use client";

import { useParley } from "../../client/react/provider.tsx";
import type { LiveEvent, Message } from "../../client/types.ts";
import { Announcer } from "./announcer.tsx";
import { nameOf } from "./names.ts";

const messageOf = ({ data }: LiveEvent) => data as unknown as Message;

/** Says what others write in one chat. Of another chat it has to be another one, by `key`. */
export function MessageAnnouncer({ chatId, prefix = "" }: { chatId: string; prefix?: string }) {
  const client = useParley();
  return (
    <Announcer
      label="New messages"
      hears={(event) =>
        event.type === "message.created" && event.chatId === chatId && messageOf(event).senderId !== client.me
      }
      sentenceOf={(heard) => {
        const [first] = heard.map(messageOf);
        if (!first || heard.length > 1) return `${prefix}${heard.length} new messages`;
        return `${prefix}${nameOf(client.getState().people, first.senderId)}: ${first.content}`;
      }}
    />
  );
}
