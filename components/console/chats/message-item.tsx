"use client";

import Link from "next/link";
import { Markdown } from "../../chat/markdown.tsx";
import { Avatar } from "../../ui/avatar.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { useConsole } from "../console-context.ts";
import type { Answers } from "../trpc.ts";
import { When } from "../when.tsx";

/** One function for all, or each change of the page would take whoever has read on back to it. */
function intoSight(message: HTMLElement | null): void {
  message?.scrollIntoView({ block: "center" });
}

export type ConsoleMessage = Answers["adminChats"]["listMessages"]["data"][number];

interface MessageItemProps {
  message: ConsoleMessage;
  /** The one that was jumped to. */
  isWanted: boolean;
  onDelete: (message: ConsoleMessage) => void;
}

/** A message as its readers see it, with its number and what it said before. */
export function MessageItem({ message, isWanted, onDelete }: MessageItemProps) {
  const { base, manages } = useConsole();
  const { seq, senderId, senderName, content, createdAt, editedAt, deletedAt, edits } = message;
  const name = senderName ?? senderId;
  return (
    <article
      aria-label={`${seq}, ${name}`}
      ref={isWanted ? intoSight : undefined}
      className={cn("flex gap-3 rounded-lg px-2 py-2", isWanted && "bg-accent-soft")}
    >
      <Avatar name={name} src={undefined} className="size-8 text-[0.625rem]" />
      <div className="min-w-0 flex-1">
        <p className={cn("flex flex-wrap items-center gap-x-2 text-xs", isWanted ? "text-text" : "text-muted")}>
          <Link
            className="font-medium text-text underline-offset-4 hover:underline"
            href={`${base}/users/${encodeURIComponent(senderId)}`}
          >
            {name}
          </Link>
          <When at={createdAt} />
          <span className="tabular-nums">#{seq}</span>
          {editedAt && !deletedAt && <Badge size="sm">edited</Badge>}
          {deletedAt && (
            <Badge size="sm" tone="bad">
              deleted
            </Badge>
          )}
        </p>
        {deletedAt ? (
          <p className={cn("text-sm italic", isWanted ? "text-text" : "text-muted")}>
            Deleted <When at={deletedAt} />
          </p>
        ) : (
          <div dir="auto" className="break-words text-sm leading-6">
            <Markdown text={content} />
          </div>
        )}
        {edits.length > 0 && (
          <details className="mt-1 text-muted text-xs">
            <summary className="min-h-6 cursor-pointer">What it said before</summary>
            <ol className="mt-1 space-y-1 border-line border-l pl-3">
              {edits.map((edit) => (
                <li key={edit.version} className="break-words">
                  <bdi>{edit.content}</bdi> · until <When at={edit.editedAt} />
                </li>
              ))}
            </ol>
          </details>
        )}
      </div>
      {manages && !deletedAt && (
        <Button
          size="sm"
          variant="ghost"
          aria-label={`Delete message ${seq} of ${name}`}
          onClick={() => onDelete(message)}
        >
          Delete
        </Button>
      )}
    </article>
  );
}
