import type { ChatRoom } from "../../client/chat-room.ts";
import type { Outgoing } from "../../client/message-log.ts";
import { useParleyState } from "../../client/react/provider.tsx";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { useCopy } from "../ui/use-copy.ts";
import { Markdown } from "./markdown.tsx";
import { namesIn } from "./mention-text.ts";

export interface OutgoingRowProps {
  item: Outgoing;
  room: ChatRoom;
  /** Whether the line is there: without it nothing is being sent. */
  live: boolean;
  onEdit: (item: Outgoing) => void;
}

/** A message of one's own before the service has confirmed it. */
export function OutgoingRow({ item, room, live, onEdit }: OutgoingRowProps) {
  const copy = useCopy();
  const people = useParleyState((state) => state.people);
  const refused = item.status === "refused";
  const waits = item.status === "waiting" || !live;
  return (
    <div className="flex flex-col items-end px-2 pt-1">
      <div
        dir="auto"
        className={cn(
          "max-w-[80%] rounded-2xl px-3 py-1.5 text-sm leading-6 [overflow-wrap:anywhere]",
          refused
            ? "border border-bad text-text"
            : "border border-accent border-dashed bg-accent-soft text-on-accent-soft",
        )}
      >
        <Markdown text={item.content} mentioned={namesIn(people, item.mentionUserIds)} />
      </div>
      {refused ? (
        <div className="mt-1 flex flex-wrap items-center justify-end gap-1 text-bad text-xs">
          <span role="alert">Not sent: {item.reason}</span>
          <Button size="sm" variant="ghost" onClick={() => room.retry(item.clientMessageId)}>
            Retry
          </Button>
          <Button size="sm" variant="ghost" onClick={() => onEdit(item)}>
            Edit
          </Button>
          <Button size="sm" variant="ghost" onClick={() => void copy(item.content, "Text")}>
            Copy
          </Button>
          <Button size="sm" variant="ghost" onClick={() => room.discard(item.clientMessageId)}>
            Discard
          </Button>
        </div>
      ) : (
        <p className="mt-0.5 px-1 text-muted text-xs">{waits ? "Waiting to send" : "Sending…"}</p>
      )}
    </div>
  );
}
