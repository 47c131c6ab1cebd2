import type { ReactNode } from "react";

/** The name of somebody who is mentioned. */
export function Mention({ children }: { children?: ReactNode }) {
  return <span className="rounded bg-current/10 px-1 font-semibold">{children}</span>;
}
