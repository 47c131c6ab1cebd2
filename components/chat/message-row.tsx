import { Avatar } from "../ui/avatar.tsx";
import { cn } from "../ui/cn.ts";
import { avatarOf, nameOf, type Room } from "./room.ts";
import type { Row } from "./rows.ts";
import type { Message } from "./types.ts";

export function MessageRow({ row, room }: { row: Row; room: Room }) {
  const { message, own, leads } = row;
  const author = nameOf(room, message.senderId);
  return (
    <li className={cn("flex flex-col", leads ? "mt-3" : "mt-0.5")}>
      {row.day && <p className="mt-1 mb-4 text-center text-xs text-muted">{row.day}</p>}
      <article aria-label={`${author}, ${timeOf(message)}`} className={cn("flex gap-2", own && "flex-row-reverse")}>
        {!own && (
          <div className="w-7 shrink-0">
            {leads && (
              <Avatar name={author} src={avatarOf(room, message.senderId)} className="size-7 text-[0.625rem]" />
            )}
          </div>
        )}
        <div className={cn("flex max-w-[80%] min-w-0 flex-col", own ? "items-end" : "items-start")}>
          {leads && (
            <p className="mb-1 px-1 text-xs text-muted">
              {!own && `${author} · `}
              <time dateTime={message.createdAt}>{timeOf(message)}</time>
            </p>
          )}
          <Bubble message={message} own={own} />
        </div>
      </article>
      <SeenBy names={row.seenBy.map((userId) => nameOf(room, userId))} />
    </li>
  );
}

function Bubble({ message, own }: { message: Message; own: boolean }) {
  const shape = "settle rounded-2xl px-3 py-1.5 text-sm leading-6";
  if (message.deletedAt) {
    return <p className={cn(shape, "border border-line border-dashed text-muted italic")}>Message deleted</p>;
  }
  return (
    <p
      dir="auto"
      title={`#${message.seq}`}
      className={cn(
        shape,
        "max-w-full whitespace-pre-wrap break-words",
        own ? "bg-accent-soft text-on-accent-soft" : "bg-bubble text-text",
      )}
    >
      {message.content}
      {message.editedAt && <span className="ml-2 text-xs text-muted">edited</span>}
    </p>
  );
}

function SeenBy({ names }: { names: string[] }) {
  if (names.length === 0) return null;
  const shown = names.length > 2 ? `${names.length} people` : names.join(" and ");
  return <p className="mt-1 px-1 text-right text-xs text-muted">Seen by {shown}</p>;
}

function timeOf({ createdAt }: Message): string {
  return new Date(createdAt).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}
