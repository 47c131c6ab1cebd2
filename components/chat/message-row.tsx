"use client";

import { AtSign } from "lucide-react";
import { lazy, memo, type ReactNode, Suspense, useState } from "react";
import type { Message } from "../../client/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { cn } from "../ui/cn.ts";
import { untilLoaded } from "../ui/until-loaded.ts";
import { Markdown } from "./markdown.tsx";
import type { MessageMenuProps } from "./message-menu.tsx";
import { SeenBy } from "./seen-by.tsx";
import { exactTimeOf, timeOf } from "./times.ts";
import { useToday } from "./use-today.ts";

const MessageMenu = lazy(untilLoaded(() => import("./message-menu.tsx")));

export interface MessageRowProps extends Omit<MessageMenuProps, "message" | "own"> {
  message: Message;
  own: boolean;
  /** First of a run of messages by one author. */
  leads: boolean;
  author: string;
  avatarUrl: string | null | undefined;
  /** What it answers, as far as that is loaded. */
  quoted: Message | "unknown" | undefined;
  quotedAuthor: string;
  /** Names in its text that are mentions, a line each. */
  mentioned: string;
  mentionsMe: boolean;
  onJump: (seq: number) => void;
  /** By name, those who have read it. */
  seenBy: readonly string[];
  /** The one row that Tab reaches; arrows move on from it. */
  current: boolean;
  highlighted: boolean;
  foundText: string;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, own, leads, author, avatarUrl, seenBy, current, highlighted, ...more } = props;
  // The menu is made for the row that is looked at only: hundreds of them would make scrolling heavy.
  const [wanted, setWanted] = useState(false);
  // Its times are others in another zone.
  useToday();
  const marks = [message.editedAt && ", edited", more.mentionsMe && ", mentions you"].filter(Boolean).join("");
  const label = `${author}, ${timeOf(message.createdAt)}${marks}`;
  return (
    <article
      aria-label={label}
      data-seq={message.seq}
      tabIndex={current ? 0 : -1}
      onPointerEnter={() => setWanted(true)}
      onFocus={() => setWanted(true)}
      className={cn(
        "group/message flex gap-2 rounded-xl px-2 -outline-offset-2",
        leads ? "pt-3" : "pt-0.5",
        own && "flex-row-reverse",
        highlighted && "bg-accent-soft",
      )}
    >
      {!own && (
        <div className="w-8 shrink-0">
          {leads && <Avatar name={author} src={avatarUrl} className="size-8 text-[0.625rem]" />}
        </div>
      )}
      <div className={cn("relative flex min-w-0 max-w-[min(80%,40rem)] flex-col", own ? "items-end" : "items-start")}>
        {leads && (
          <p className="mb-1 px-1 text-muted text-xs">
            {!own && `${author} · `}
            <SentAt at={message.createdAt} />
          </p>
        )}
        {wanted && !leads && (
          // Over what is there: nothing moves because it is pointed at.
          <p className="-top-2.5 pointer-events-none absolute z-10 rounded-full border border-line bg-surface px-1.5 text-muted text-xs opacity-0 group-hover/message:opacity-100 group-focus/message:opacity-100">
            <SentAt at={message.createdAt} />
          </p>
        )}
        {more.mentionsMe && (
          <p className="mb-1 flex items-center gap-1 px-1 font-medium text-accent text-xs">
            <AtSign aria-hidden className="size-3" />
            Mentions you
          </p>
        )}
        <Bubble message={message} own={own} {...more} />
        <SeenBy readers={seenBy} />
      </div>
      <div className="min-w-8 shrink-0 self-center opacity-0 focus-within:opacity-100 group-hover/message:opacity-100 group-focus/message:opacity-100 has-data-popup-open:opacity-100 pointer-coarse:opacity-100">
        {wanted && !message.deletedAt && (
          <Suspense>
            <MessageMenu message={message} own={own} actions={more.actions} moderates={more.moderates} />
          </Suspense>
        )}
      </div>
    </article>
  );
});

type BubbleProps = Pick<
  MessageRowProps,
  "message" | "own" | "quoted" | "quotedAuthor" | "mentioned" | "mentionsMe" | "onJump" | "foundText"
>;

function Bubble(props: BubbleProps) {
  const { message, own, quoted, quotedAuthor, mentioned, mentionsMe, onJump, foundText } = props;
  const sentAt = exactTimeOf(message.createdAt);
  const shape = "settle rounded-2xl px-3 py-1.5 text-sm leading-6";
  if (message.deletedAt) {
    return (
      <p title={sentAt} className={cn(shape, "border border-line border-dashed text-muted italic")}>
        Message deleted
      </p>
    );
  }
  return (
    <div
      dir="auto"
      title={sentAt}
      className={cn(
        shape,
        "max-w-full [overflow-wrap:anywhere]",
        own || mentionsMe ? "bg-accent-soft text-on-accent-soft" : "bg-bubble text-text",
      )}
    >
      {quoted && <Quote quoted={quoted} author={quotedAuthor} onJump={onJump} />}
      <Folded text={message.content}>
        {foundText === "" ? (
          <Markdown text={message.content} mentioned={mentioned} />
        ) : (
          <Found text={message.content} part={foundText} />
        )}
      </Folded>
      {message.editedAt && (
        <span className="text-xs opacity-80" title={exactTimeOf(message.editedAt)}>
          {" "}
          edited
        </span>
      )}
    </div>
  );
}

function SentAt({ at }: { at: string }) {
  return (
    <time dateTime={at} title={exactTimeOf(at)}>
      {timeOf(at)}
    </time>
  );
}

function Quote({
  quoted,
  author,
  onJump,
}: {
  quoted: Message | "unknown";
  author: string;
  onJump: (seq: number) => void;
}) {
  const shape = "mb-1 block min-h-6 w-full max-w-full truncate border-accent border-l-2 pl-2 text-left text-xs";
  if (quoted === "unknown") return <p className={shape}>An earlier message</p>;
  return (
    <button type="button" onClick={() => onJump(quoted.seq)} className={shape}>
      <span className="font-medium">{author}</span> {quoted.deletedAt ? "Message deleted" : quoted.content}
    </button>
  );
}

const FOLDED_LINES = 20;

function Folded({ text, children }: { text: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const isLong = text.split("\n").length > FOLDED_LINES || text.length > 2_000;
  if (!isLong) return children;
  return (
    <>
      <div className={cn(!open && "max-h-[30rem] overflow-hidden")}>{children}</div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="mt-1 min-h-6 font-medium text-xs underline"
      >
        {open ? "Show less" : "Show all"}
      </button>
    </>
  );
}

/** The text as it is, with what was searched for marked. */
function Found({ text, part }: { text: string; part: string }) {
  const at = text.toLocaleLowerCase().indexOf(part.toLocaleLowerCase());
  if (at < 0) return <Markdown text={text} />;
  return (
    <p className="whitespace-pre-wrap">
      {text.slice(0, at)}
      <mark className="rounded bg-warn text-bg">{text.slice(at, at + part.length)}</mark>
      {text.slice(at + part.length)}
    </p>
  );
}
