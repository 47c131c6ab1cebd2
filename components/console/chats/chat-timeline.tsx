"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { MessageSquareOff } from "lucide-react";
import { parseAsInteger, useQueryState } from "nuqs";
import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { inputClass } from "../../ui/input-class.ts";
import { useConsole } from "../console-context.ts";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { DeleteMessageDialog } from "./delete-message-dialog.tsx";
import { gapBefore, gapText } from "./gaps.ts";
import { type ConsoleMessage, MessageItem } from "./message-item.tsx";

const aPage = 50;
/** Messages after the one that was jumped to. */
const context = 10;

/** Keeps the newest in sight, unless the reader has gone up. */
function stick(list: HTMLElement | null) {
  if (!list) return undefined;
  const toEnd = () => list.scrollTo({ top: list.scrollHeight });
  let atEnd = true;
  const onScroll = () => {
    atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  };
  const grown = new MutationObserver(() => atEnd && toEnd());
  grown.observe(list, { childList: true });
  list.addEventListener("scroll", onScroll, { passive: true });
  toEnd();
  return () => {
    grown.disconnect();
    list.removeEventListener("scroll", onScroll);
  };
}

/** What was written, oldest first, the newest page live; an address with a number shows the page around that message. */
export function MessagesTab({ chat }: { chat: Answers["adminChats"]["get"] }) {
  const { tenantId } = useConsole();
  const trpc = useTRPC();
  const [seq, setSeq] = useQueryState("seq", parseAsInteger.withOptions({ history: "push" }));
  const [doomed, setDoomed] = useState<ConsoleMessage>();
  const before = seq === null ? undefined : String(seq + context + 1);
  const input = { chatId: chat.id, limit: aPage, ...(before ? { before } : {}) };
  const query = useQuery(trpc.adminChats.listMessages.queryOptions(input, { placeholderData: keepPreviousData }));
  const address = `/tenant/${tenantId}/v1/admin/chats/${chat.id}/messages?limit=${aPage}${before ? `&before=${before}` : ""}`;

  function jump(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = Number(new FormData(event.currentTarget).get("seq"));
    if (wanted > 0) void setSeq(Math.min(wanted, chat.lastSeq));
  }

  return (
    <div className="p-4">
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <form onSubmit={jump} className="flex gap-2">
          <input
            data-filter
            name="seq"
            type="number"
            min={1}
            max={Math.max(1, chat.lastSeq)}
            aria-label="Number of a message"
            placeholder="Number"
            defaultValue={seq ?? ""}
            key={seq}
            className={cn(inputClass, "w-28")}
          />
          <Button type="submit">Go to it</Button>
        </form>
        {seq !== null && (
          <Button variant="ghost" onClick={() => void setSeq(null)}>
            Newest
          </Button>
        )}
        <CopyButton
          what="this call as curl"
          label="Copy as curl"
          text={`curl -H "X-API-Key: $PARLEY_API_KEY" "${typeof location === "undefined" ? "" : location.origin}${address}"`}
        />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState icon={MessageSquareOff} title="Nothing was written yet">
              What members send appears here at once.
            </EmptyState>
          ),
        }}
      >
        {({ data }) => {
          const messages = data.toReversed();
          const seqs = messages.map((message) => message.seq);
          const [first = 1] = seqs;
          return (
            <>
              {first > 1 && (
                <Button className="mb-3" onClick={() => void setSeq(Math.max(1, first - context - 1))}>
                  Older
                </Button>
              )}
              <ol
                aria-label="Messages"
                ref={seq === null ? stick : undefined}
                className="max-h-[70dvh] min-h-48 space-y-1 overflow-y-auto"
              >
                {messages.map((message, index) => {
                  const gap = gapBefore(seqs, index);
                  return (
                    <li key={message.id}>
                      {gap && (
                        <p role="alert" className="my-2 rounded-lg border border-bad px-3 py-2 text-bad text-sm">
                          {gapText(gap)}: this should not be. Compare with the Events tab, then restore or report it.
                        </p>
                      )}
                      <MessageItem message={message} isWanted={message.seq === seq} onDelete={setDoomed} />
                    </li>
                  );
                })}
              </ol>
              {seq !== null && (seqs.at(-1) ?? 0) < chat.lastSeq && (
                <Button className="mt-3" onClick={() => void setSeq((seqs.at(-1) ?? 0) + aPage - context)}>
                  Newer
                </Button>
              )}
            </>
          );
        }}
      </QueryView>
      {doomed && <DeleteMessageDialog message={doomed} onClose={() => setDoomed(undefined)} />}
    </div>
  );
}
