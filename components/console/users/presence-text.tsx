import { cn } from "../../ui/cn.ts";
import type { Answers } from "../trpc.ts";

const dots = { online: "bg-good", away: "bg-warn", offline: "border border-line-strong" };

/** Whether somebody is there: a dot and the word, which carries it. */
export function PresenceText({ state }: { state: Answers["users"]["list"]["data"][number]["presence"] }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className={cn("size-2 rounded-full", dots[state])} />
      {state}
    </span>
  );
}
