import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import type { Outgoing } from "./message-log.ts";
import type { Outbox } from "./outbox.ts";

/** A message of one's own before the service has confirmed it. */
export function OutgoingRow({ item, outbox }: { item: Outgoing; outbox: Outbox }) {
  const refused = item.status === "refused";
  return (
    <li className="mt-1 flex flex-col items-end">
      <p
        dir="auto"
        className={cn(
          "max-w-[80%] whitespace-pre-wrap break-words rounded-2xl px-3 py-1.5 text-sm leading-6",
          refused ? "border border-bad text-text" : "bg-accent-soft text-on-accent-soft opacity-70",
        )}
      >
        {item.content}
      </p>
      {refused ? (
        <div className="mt-1 flex flex-wrap items-center justify-end gap-1 text-xs text-bad">
          <span role="alert">Not sent: {item.reason}</span>
          <Button size="sm" variant="ghost" onClick={() => outbox.retry(item.clientMessageId)}>
            Retry
          </Button>
          <Button size="sm" variant="ghost" onClick={() => outbox.discard(item.clientMessageId)}>
            Discard
          </Button>
        </div>
      ) : (
        <p className="mt-0.5 px-1 text-xs text-muted">{item.status === "waiting" ? "Waiting to send" : "Sending…"}</p>
      )}
    </li>
  );
}
