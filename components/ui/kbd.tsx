import type { ReactNode } from "react";

/** A key, as it stands in menus and the sheet of shortcuts. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded border border-line bg-sunken px-1.5 py-0.5 font-mono text-[0.6875rem] text-muted">
      {children}
    </kbd>
  );
}
