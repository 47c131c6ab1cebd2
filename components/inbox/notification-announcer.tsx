"use client";

import type { LiveEvent, Notification } from "../../client/types.ts";
import { Announcer } from "../chat/announcer.tsx";

/** What was said already, by another voice of the page: beside the bell may be the inbox. */
const said = new WeakSet<LiveEvent>();

const isNew = ({ type }: LiveEvent) => type === "notification.created";
const contentOf = ({ data }: LiveEvent) => data as unknown as Notification;

/** Says what comes into one's inbox. */
export function NotificationAnnouncer() {
  return <Announcer label="New notifications" hears={isNew} sentenceOf={sayNew} />;
}

/** What is urgent is said by who calls this for each event. */
export function keepUrgent(event: LiveEvent): void {
  if (isNew(event) && contentOf(event).priority === "Urgent") said.add(event);
}

/** Of those that were not said yet. */
export function sayNew(heard: readonly LiveEvent[]): string | undefined {
  const news = heard.filter((event) => !said.has(event));
  for (const event of news) said.add(event);
  const [first] = news.map(contentOf);
  if (!first) return undefined;
  if (news.length > 1) return `${news.length} new notifications`;
  return `${first.priority === "Urgent" ? "Urgent" : "New"} notification: ${first.subject}`;
}
