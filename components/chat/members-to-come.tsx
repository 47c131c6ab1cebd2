"use client";

import { useCallback, useEffect, useRef } from "react";
import { useParley } from "../../client/react/provider.tsx";
import { useLoading } from "../../client/react/use-loading.ts";
import { ErrorNote } from "../ui/error-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

/** Where the members of an open chat are not here: they are asked for, and it says when they do not come. */
export function MembersToCome({ chatId }: { chatId: string }) {
  const room = useParley().room(chatId);
  const { problem, start } = useLoading(useCallback(() => room.loadMembers(), [room]));
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => start(), [start]);

  function retry() {
    // The button goes, and the focus with it.
    place.current?.focus();
    start();
  }

  return (
    <div ref={place} tabIndex={-1} className="px-4 py-3 outline-none">
      {problem ? (
        <ErrorNote onRetry={retry}>{problem}</ErrorNote>
      ) : (
        <>
          <Skeleton className="h-10" />
          <p role="status" className="sr-only">
            Loading members
          </p>
        </>
      )}
    </div>
  );
}
