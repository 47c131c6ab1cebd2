"use client";

import { useRef, useState } from "react";
import { sentenceOf } from "../../client/parley-error.ts";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import { Button } from "../ui/button.tsx";
import { ErrorNote } from "../ui/error-note.tsx";

/** Below the members that are here: how many there are, and the way to the next ones. */
export function MoreMembers({ chatId }: { chatId: string }) {
  const client = useParley();
  const known = useParleyState(({ chats }) => chats[chatId]);
  const [asked, setAsked] = useState<"never" | "busy" | "done" | { problem: string }>("never");
  const button = useRef<HTMLButtonElement>(null);
  const count = useRef<HTMLParagraphElement>(null);
  if (!known?.members) return null;
  const { chat, members, moreMembers } = known;
  const hasMore = moreMembers !== null;
  if (!hasMore && asked === "never") return null;

  async function showMore() {
    if (asked === "busy") return;
    setAsked("busy");
    try {
      await client.room(chatId).loadMoreMembers();
      // At the end the button goes, as "Try again" does before, and the focus with it.
      const isLast = client.getState().chats[chatId]?.moreMembers === null;
      const active = document.activeElement;
      const isLost = (isLast && active === button.current) || !active?.matches("a, button, input");
      if (isLost) (isLast ? count : button).current?.focus({ preventScroll: true });
      setAsked("done");
    } catch (error) {
      setAsked({ problem: sentenceOf(error) });
    }
  }

  return (
    <div className="space-y-2 px-4 pb-4">
      <p ref={count} role="status" tabIndex={-1} className="text-muted text-xs outline-none">
        {hasMore ? `The first ${members.length} of ${chat.memberCount}.` : `All ${members.length} are shown.`}
      </p>
      {typeof asked === "object" && <ErrorNote onRetry={showMore}>{asked.problem}</ErrorNote>}
      {hasMore && typeof asked !== "object" && (
        // Not barred while it loads: it would lose the focus.
        <Button ref={button} className="w-full" aria-disabled={asked === "busy"} onClick={showMore}>
          Show more
        </Button>
      )}
    </div>
  );
}
