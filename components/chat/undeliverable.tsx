"use client";

import { useMemo } from "react";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import { Button } from "../ui/button.tsx";
import { useCopy } from "../ui/use-copy.ts";

/** What one wrote to chats that are gone since, and that was not sent: to be copied, or given up. */
export function Undeliverable() {
  const client = useParley();
  const copy = useCopy();
  const byChat = useParleyState((state) => state.undeliverable);
  const items = useMemo(
    () => Object.entries(byChat).flatMap(([chatId, unsent]) => unsent.map((item) => ({ ...item, chatId }))),
    [byChat],
  );
  if (items.length === 0) return null;
  return (
    <section
      aria-label="Not sent"
      className="max-h-40 shrink-0 overflow-y-auto border-line border-t bg-surface px-4 py-2"
    >
      <p role="alert" className="text-bad text-sm">
        Not sent: you are no member of the chat, or it is gone.
      </p>
      <ul>
        {items.map(({ chatId, clientMessageId, content }) => (
          <li key={clientMessageId} className="flex flex-wrap items-center gap-1 text-sm">
            <span dir="auto" className="min-w-0 flex-1 truncate">
              {content}
            </span>
            <Button size="sm" variant="ghost" onClick={() => void copy(content, "Text")}>
              Copy
            </Button>
            <Button size="sm" variant="ghost" onClick={() => client.discard(chatId, clientMessageId)}>
              Discard
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
