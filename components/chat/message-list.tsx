"use client";

import { ArrowDown } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { EarlierRow } from "./earlier-row.tsx";
import { readableMessages } from "./message-log.ts";
import { MessageRow } from "./message-row.tsx";
import { OutgoingRow } from "./outgoing-row.tsx";
import { Placeholder } from "./placeholder.tsx";
import type { Room } from "./room.ts";
import { rowsOf } from "./rows.ts";
import type { Session } from "./session.ts";
import { useBottomScroll } from "./use-bottom-scroll.ts";

export function MessageList({ session, room }: { session: Session; room: Room }) {
  const rows = rowsOf(readableMessages(room.log), room);
  const { outbox } = room.log;
  const { box, atEnd, onScroll, toEnd } = useBottomScroll(rows[0]?.message.id);

  return (
    <div className="relative min-h-0 flex-1">
      <ul
        ref={box}
        aria-label="Messages"
        aria-busy={room.phase === "loading"}
        // A box that scrolls must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
        tabIndex={0}
        onScroll={onScroll}
        className="flex h-full flex-col overflow-y-auto overscroll-contain px-4 py-3 -outline-offset-2"
      >
        {room.phase === "ready" && <EarlierRow key={room.earlier} session={session} room={room} />}
        {rows.map((row) => (
          <MessageRow key={row.message.id} row={row} room={room} />
        ))}
        {outbox.map((item) => (
          <OutgoingRow key={item.clientMessageId} item={item} outbox={session.outbox} />
        ))}
        {rows.length + outbox.length === 0 && <Placeholder session={session} room={room} />}
      </ul>
      {!atEnd && (
        <Button
          size="sm"
          onClick={toEnd}
          className="absolute bottom-2 left-1/2 -translate-x-1/2 rounded-full shadow-sm"
        >
          <ArrowDown aria-hidden className="size-3.5" />
          Newest
        </Button>
      )}
    </div>
  );
}
