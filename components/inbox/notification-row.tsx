"use client";

import { Archive, ArchiveRestore, Clock, Mail, MailOpen, Trash2 } from "lucide-react";
import type { KeyboardEvent } from "react";
import { appearedAt } from "../../client/inbox-state.ts";
import type { Notification } from "../../client/types.ts";
import { timeOf } from "../chat/times.ts";
import { buttonClass } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { HtmlContent } from "./html-content.tsx";
import { PriorityMark } from "./priority-mark.tsx";
import { snoozeChoices } from "./snooze.ts";

export interface NotificationActions {
  open: (item: Notification) => void;
  read: (item: Notification, read: boolean) => void;
  archive: (item: Notification, archived: boolean) => void;
  snooze: (item: Notification, until: Date | undefined) => void;
  delete: (item: Notification) => void;
  /** Where it leads inside this app; undefined when that is nowhere. */
  openChat?: ((chatId: string) => void) | undefined;
}

export interface NotificationRowProps {
  item: Notification;
  open: boolean;
  current: boolean;
  /** What its type is called. */
  typeTitle: string;
  actions: NotificationActions;
}

export function NotificationRow({ item, open, current, typeTitle, actions }: NotificationRowProps) {
  const at = appearedAt(item);
  const time = timeOf(at);
  const state = item.isRead ? "" : ", unread";
  const priority = item.priority === "High" || item.priority === "Urgent" ? `, ${item.priority.toLowerCase()}` : "";

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = new Map([
      ["Enter", () => actions.open(item)],
      ["r", () => actions.read(item, !item.isRead)],
      ["a", () => actions.archive(item, item.archivedAt === undefined)],
      ["s", () => actions.snooze(item, snoozeChoices()[0]?.until)],
      ["Delete", () => actions.delete(item)],
    ]).get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  }

  return (
    <article
      aria-label={`${item.subject}, ${time}${state}${priority}`}
      data-notification={item.id}
      tabIndex={current ? 0 : -1}
      onKeyDown={onKeyDown}
      className="group/row rounded-xl border border-line bg-surface -outline-offset-2"
    >
      <div className="flex items-start gap-3 p-3">
        <span
          aria-hidden
          className={cn(
            "mt-2 size-2 shrink-0 rounded-full",
            item.isRead ? "border border-line-strong" : "bg-accent forced-colors:bg-[CanvasText]",
          )}
        />
        <button
          type="button"
          aria-expanded={open}
          onClick={() => actions.open(item)}
          className="min-w-0 flex-1 text-left"
        >
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className={cn("min-w-0 text-sm [overflow-wrap:anywhere]", item.isRead ? "" : "font-semibold")}>
              {item.subject}
            </span>
            <PriorityMark priority={item.priority} />
          </span>
          {!open && (
            <span className="mt-0.5 line-clamp-2 block text-muted text-sm [overflow-wrap:anywhere]">
              {item.summary ?? item.message}
            </span>
          )}
          <span className="mt-1 block text-muted text-xs">
            <time dateTime={at}>{time}</time> · {typeTitle}
          </span>
        </button>
        <RowActions item={item} actions={actions} />
      </div>
      {open && (
        <div className="space-y-3 border-line border-t px-4 py-3 text-sm leading-6">
          {item.htmlContent ? (
            <HtmlContent html={item.htmlContent} title={item.subject} />
          ) : (
            <p dir="auto" className="whitespace-pre-wrap [overflow-wrap:anywhere]">
              {item.message}
            </p>
          )}
          <Target item={item} actions={actions} />
        </div>
      )}
    </article>
  );
}

function RowActions({ item, actions }: { item: Notification; actions: NotificationActions }) {
  const archived = item.archivedAt !== undefined;
  return (
    // Two by two on a phone, also where fingers point and each is larger.
    <div className="-mt-0.5 flex shrink-0 flex-wrap justify-end max-sm:w-16 max-sm:pointer-coarse:w-22">
      <IconButton
        icon={item.isRead ? Mail : MailOpen}
        label={item.isRead ? "Mark unread (R)" : "Mark read (R)"}
        onClick={() => actions.read(item, !item.isRead)}
      />
      <IconButton
        icon={archived ? ArchiveRestore : Archive}
        label={archived ? "Back to the inbox (A)" : "Archive (A)"}
        onClick={() => actions.archive(item, !archived)}
      />
      <Menu trigger={<IconButton icon={Clock} label="Snooze (S)" />}>
        {item.snoozedUntil && <MenuItem onSelect={() => actions.snooze(item, undefined)}>Bring back now</MenuItem>}
        {snoozeChoices().map(({ label, until }) => (
          <MenuItem key={label} onSelect={() => actions.snooze(item, until)}>
            {label}
          </MenuItem>
        ))}
      </Menu>
      <IconButton icon={Trash2} label="Delete (Del)" onClick={() => actions.delete(item)} />
    </div>
  );
}

/** Where a notification leads: a chat of this app, or an address of the tenant's. */
function Target({ item, actions }: { item: Notification; actions: NotificationActions }) {
  const { chatId, url } = item.metadata;
  if (typeof chatId === "string" && actions.openChat)
    return (
      <button type="button" className={buttonClass({ variant: "primary" })} onClick={() => actions.openChat?.(chatId)}>
        Open the chat
      </button>
    );
  const address = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !/^https?:$/u.test(address.protocol)) return null;
  return (
    <a href={address.href} target="_blank" rel="noopener noreferrer" className={buttonClass({ variant: "primary" })}>
      Open {address.hostname}
    </a>
  );
}
