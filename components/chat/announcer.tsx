"use client";

import { useEffect, useRef, useState } from "react";
import { useParley } from "../../client/react/provider.tsx";
import type { Message } from "../../client/types.ts";
import { nameOf } from "./names.ts";

const GATHERED_FOR_MS = 700;
const LONGEST = 200;

/** The page's polite voice for one chat: speaks only what comes in while it is open, and a burst of it as a number. */
export function Announcer({ chatId, prefix = "" }: { chatId: string; prefix?: string }) {
  const client = useParley();
  const [said, setSaid] = useState({ sentence: "", times: 0 });
  const heard = useRef<Message[]>([]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const speak = () => {
      timer = undefined;
      const [message] = heard.current;
      const count = heard.current.length;
      heard.current = [];
      if (!message) return;
      const name = nameOf(client.getState().people, message.senderId);
      const sentence =
        count === 1 ? `${prefix}${name}: ${message.content.slice(0, LONGEST)}` : `${prefix}${count} new messages`;
      setSaid(({ times }) => ({ sentence, times: times + 1 }));
    };
    const stop = client.onEvent((event) => {
      const message = event.data as unknown as Message;
      if (event.type !== "message.created" || event.chatId !== chatId || message.senderId === client.me) return;
      heard.current.push(message);
      timer ??= setTimeout(speak, GATHERED_FOR_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
      heard.current = [];
    };
  }, [client, chatId, prefix]);

  return (
    <p role="log" aria-live="polite" aria-label="New messages" className="sr-only">
      {/* Another element each time: the same words again would be no change, and not be said. */}
      <span key={said.times}>{said.sentence}</span>
    </p>
  );
}
