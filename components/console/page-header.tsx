import type { ReactNode } from "react";

export interface PageHeaderProps {
  title: string;
  lead?: ReactNode;
  /** The page's primary action. */
  action?: ReactNode;
}

/** The head of a page. Its title takes the focus when one comes from another page. */
export function PageHeader({ title, lead, action }: PageHeaderProps) {
  return (
    <header className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-2xl">
        <h1 tabIndex={-1} className="break-words font-semibold text-2xl tracking-tight outline-none">
          {title}
        </h1>
        {lead && <p className="mt-1 text-pretty text-muted text-sm leading-6">{lead}</p>}
      </div>
      {action && <div className="flex flex-wrap gap-2">{action}</div>}
    </header>
  );
}
