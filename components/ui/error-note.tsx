import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

export interface ErrorNoteProps {
  /** What happened and what to do, in a plain sentence. */
  children: ReactNode;
  requestId?: string | undefined;
  onRetry?: () => void;
  className?: string;
}

/** An error beside what it is about. */
export function ErrorNote({ children, requestId, onRetry, className }: ErrorNoteProps) {
  return (
    <div role="alert" className={cn("flex items-start gap-3 rounded-xl border border-bad p-3 text-sm", className)}>
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <div>{children}</div>
        {requestId && <p className="mt-1 break-all font-mono text-muted text-xs">Request {requestId}</p>}
      </div>
      {onRetry && (
        <Button size="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
