import { sampleOf } from "../server/domain/webhooks/make-sample.ts";
import { type EventType, ephemeralTypes, eventTypes, guideKinds } from "../server/events.ts";
import { writeBetween } from "./written.ts";

// npm run events             writes the list of events into docs/guides/events.md, between its two markers
// npm run events -- --check  fails when the page says something else than the code

const START = "<!-- events: from server/events.ts, by npm run events -->";
const END = "<!-- /events -->";
/** Of the examples; the time at which they are made up. */
const moment = new Date("2026-11-01T09:00:00Z");

/** When each happens, in a sentence. */
const occasions: Record<EventType, string> = {
  "message.created": "Somebody sent a message.",
  "message.edited": "Its sender changed a message; `data` is what it says now.",
  "message.deleted": "A message was deleted; `data` is its tombstone, without a text.",
  "chat.created": "You are a member of a new chat.",
  "chat.updated": "Name, metadata, policy or frozen changed.",
  "chat.deleted": "The chat is gone for everybody in it.",
  "member.added": "Somebody became a member. If it is you, the chat is new to you.",
  "member.removed": "Somebody left or was removed. If it is you, nothing of the chat follows.",
  "member.updated":
    "A role changed, or somebody was muted. One with `notifications`, `{mute, until?}`, says how you have muted the chat for yourself, and is told to you alone, and to no webhook.",
  "read.moved": "You have read further, or set it back, in another window.",
  "notification.created": "Something is new in your inbox.",
  "notification.updated":
    "A notification was read, seen, archived, snoozed or is back, or a message that it quotes was edited; `data` is without its `htmlContent`.",
  "notification.deleted": "A notification was deleted or has expired.",
};

const ephemeral: Record<keyof typeof ephemeralTypes, [occasion: string, data: string]> = {
  typing: ["Somebody is typing, until a time.", "{chatId, userId, until}"],
  presence: ["Somebody came, went or is away.", "{userId, state, lastSeen}"],
  receipt: [
    "A member of a chat of up to 100 has read up to a message. Marking it unread again is told to nobody.",
    "{chatId, userId, seq}",
  ],
};

const wanted = `\n\n${[...tables(), ...examples()].join("\n\n")}\n\n`;
const fault = "docs/guides/events.md and server/events.ts differ: npm run events";
writeBetween("docs/guides/events.md", [START, END], wanted, fault);

function tables(): string[] {
  const durable = Object.entries(eventTypes).map(([type, { signalr }]) => {
    const asked = guideKinds.has(type as EventType) ? "unasked" : "asked for";
    return `| [\`${type}\`](#${type.replace(".", "")}) | \`${signalr}\` | ${asked} |`;
  });
  const passing = Object.entries(ephemeralTypes).map(([type, { signalr }]) => {
    const [occasion, data] = ephemeral[type as keyof typeof ephemeralTypes];
    return `| \`${type}\` | \`${signalr}\` | ${occasion} | \`${data}\` |`;
  });
  return [
    "## In the log",
    ["| type | SignalR | on the hub |", "| --- | --- | --- |", ...durable].join("\n"),
    "## Told live, never stored",
    ["| type | SignalR | when | data |", "| --- | --- | --- | --- |", ...passing].join("\n"),
    "## Examples",
  ];
}

function examples(): string[] {
  return (Object.keys(eventTypes) as EventType[]).map((type) => {
    const { sample: _sample, timestamp: _timestamp, ...envelope } = sampleOf("demo", type, moment);
    const example = { eventId: "AAECAwQFBgcICQoLDA0ODw", ...envelope };
    return `### ${type}\n\n${occasions[type]}\n\n\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``;
  });
}
