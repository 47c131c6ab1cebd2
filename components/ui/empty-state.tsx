import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  /** One sentence: why it is empty and what to do. */
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}

/** A panel with nothing in it, which says so and shows the way on. */
export function EmptyState({ icon: Icon, title, children, action, className }: EmptyStateProps) {
  return (
    <div className={cn("flex flex-col items-center px-6 py-12 text-center", className)}>
      <span className="grid size-11 place-items-center rounded-full bg-sunken text-muted">
        <Icon aria-hidden className="size-5" />
      </span>
      <p className="mt-4 font-medium text-base">{title}</p>
      {children && <div className="mt-1 max-w-sm text-pretty text-muted text-sm leading-6">{children}</div>}
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
