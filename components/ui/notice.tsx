import type { ReactNode } from "react";

export interface NoticeProps {
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

/** A panel's own answer when there is nothing to show: what happened, what to do, and the way to try again. */
export function Notice({ title, children, action }: NoticeProps) {
  return (
    <div className="rounded-2xl border border-line bg-surface p-6 sm:p-8">
      <p className="font-medium">{title}</p>
      <div className="mt-1.5 max-w-2xl space-y-3 text-pretty text-sm leading-6 text-muted">{children}</div>
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}
