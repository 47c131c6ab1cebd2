import { MessageSquare } from "lucide-react";
import type { OpenChat } from "../../client/react/use-chat.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { Side } from "./use-pages.ts";

export interface TimelineEdgeProps {
  open: OpenChat;
  /** The older or the newer ones. */
  failed?: Side | undefined;
  onRetry?: () => void;
}

/** What stands where messages are not: they are loading, could not be loaded, or there are none. */
export function TimelineEdge({ open, failed, onRetry }: TimelineEdgeProps) {
  const problem = failed ? `${failed === "earlier" ? "Earlier" : "Later"} messages could not be loaded.` : open.problem;
  if (problem)
    return (
      <ErrorNote className="m-4" onRetry={failed && onRetry ? onRetry : open.retry}>
        {problem}
      </ErrorNote>
    );
  if (open.messages.length === 0 && !open.loading)
    return (
      <EmptyState icon={MessageSquare} title="Nothing said yet">
        Write the first message below.
      </EmptyState>
    );
  return (
    <div className="flex flex-col gap-3 p-4">
      <span className="sr-only">Loading messages</span>
      <Skeleton className="h-9 w-2/5 rounded-2xl" />
      {open.messages.length === 0 && (
        <>
          <Skeleton className="h-9 w-3/5 rounded-2xl" />
          <Skeleton className="h-9 w-1/2 self-end rounded-2xl" />
          <Skeleton className="h-9 w-2/5 rounded-2xl" />
        </>
      )}
    </div>
  );
}
