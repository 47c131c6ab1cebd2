/** The sidebar: sections and their pages, by path below docs/, in order. What is not named here is found under its section's own page. */
export const contents: { title: string; pages: string[] }[] = [
  {
    title: "Start",
    pages: [
      "guides/overview",
      "guides/quick-start-chat",
      "guides/quick-start-notifications",
      "guides/path-frontend",
      "guides/path-backend",
      "guides/path-full-stack",
    ],
  },
  {
    title: "Chat",
    pages: ["guides/chat-features", "guides/creating-chats", "guides/message-events", "guides/managing-members"],
  },
  {
    title: "Notifications",
    pages: [
      "guides/notifications-features",
      "guides/creating-notifications",
      "guides/notification-events",
      "guides/managing-notifications",
    ],
  },
  {
    title: "Concepts",
    pages: ["guides/authentication", "guides/standards", "guarantees", "architecture"],
  },
  { title: "Running it", pages: ["guides/operating"] },
  { title: "Coming from", pages: ["guides/coming-from-agglestone", "guides/coming-from-pusher"] },
  {
    title: "Reference",
    pages: [
      "guides/events",
      "guides/errors",
      "protocols/signalr",
      "protocols/pusher",
      "protocols/trpc",
      "protocols/webhooks",
    ],
  },
];

/** A person's way through the guides: the page whose numbered list of links is the way. */
export const ways = ["frontend", "backend", "full-stack"] as const;
export type Way = (typeof ways)[number];
