import type { Message } from "./types.ts";

/** What somebody has written, whatever becomes of it. */
export interface Written {
  clientMessageId: string;
  content: string;
  replyToId?: string | undefined;
  /** Left out for nobody. */
  mentionUserIds?: string[] | undefined;
}

/** Of what holds more. */
export function writtenOf({ clientMessageId, content, replyToId, mentionUserIds }: Written): Written {
  return { clientMessageId, content, replyToId, mentionUserIds };
}

/** A message that this page has not yet seen committed. */
export interface Outgoing extends Written {
  /** `waiting` goes out by itself once the line is back; `refused` is for the person to decide. */
  status: "sending" | "waiting" | "refused";
  reason?: string | undefined;
}

/**
 * What one person's page knows of one chat. `messages` holds the newest known version of each message, by seq, unique by id.
 * `from` is the lowest seq loaded so far (null: nothing loaded), so that a late edit of an unloaded message opens no hole.
 */
export interface MessageLog {
  me: string;
  from: number | null;
  messages: readonly Message[];
  outbox: readonly Outgoing[];
  /** Pages under way, and what was heard meanwhile that no loaded page has a place for: a page may be older than that. */
  loads: number;
  early: readonly Message[];
}

export type LogAction =
  | { type: "loading" }
  | { type: "not-loaded" }
  /** `instead`: what was there when it was asked for, which is believed no more. */
  | { type: "loaded"; page: readonly Message[]; instead?: readonly Message[] | undefined }
  | { type: "loaded-earlier"; page: readonly Message[] }
  | { type: "seen"; message: Message }
  | ({ type: "queued" } & Written)
  | { type: "held"; clientMessageId: string; status: Outgoing["status"]; reason?: string | undefined }
  | { type: "discarded"; clientMessageId: string };

export function emptyLog(me: string): MessageLog {
  return { me, from: null, messages: [], outbox: [], loads: 0, early: [] };
}

export function reduceLog(log: MessageLog, action: LogAction): MessageLog {
  switch (action.type) {
    case "loading":
      return { ...log, loads: log.loads + 1 };
    case "not-loaded":
      return afterLoad(log);
    case "loaded":
      return afterLoad(action.instead ? loadAnew(log, action.page, action.instead) : loadNewest(log, action.page));
    case "loaded-earlier":
      return afterLoad(withBeside(log, action.page));
    case "seen":
      return merge(log, [action.message]);
    case "queued":
      if (log.outbox.some((item) => item.clientMessageId === action.clientMessageId)) return log;
      return { ...log, outbox: [...log.outbox, { ...writtenOf(action), status: "sending" }] };
    case "held": {
      const { clientMessageId, status, reason } = action;
      const outbox = log.outbox.map((item) =>
        item.clientMessageId === clientMessageId ? { ...item, status, reason } : item,
      );
      return { ...log, outbox };
    }
    case "discarded":
      return { ...log, outbox: log.outbox.filter((item) => item.clientMessageId !== action.clientMessageId) };
  }
}

/** Messages in order, up to the first hole: one that overtakes another waits until the other is here. */
export function readableMessages({ messages, from }: MessageLog): readonly Message[] {
  const hole = messages.findIndex(({ seq }, at) => seq !== (from ?? seq) + at);
  return hole === -1 ? messages : messages.slice(0, hole);
}

/** True while a message is held back because an earlier one is missing. */
export function hasHole(log: MessageLog): boolean {
  return readableMessages(log).length < log.messages.length;
}

/** With a page that adjoins what is there, or is the first of it. */
export function withBeside(log: MessageLog, page: readonly Message[]): MessageLog {
  const start = lowest(page, log.from ?? 1);
  return merge({ ...log, from: Math.min(start, log.from ?? start) }, page);
}

/** The newest page replaces what lies below a gap: the gap itself is loaded again by scrolling up. */
function loadNewest(log: MessageLog, page: readonly Message[]): MessageLog {
  const start = lowest(page, 1);
  const adjoining = log.messages.slice(firstOfRun(log.messages, start));
  const from = Math.min(start, lowest(adjoining, start));
  return merge({ ...log, from, messages: adjoining }, page);
}

/** After a gap in the events what was there may be changed or gone: only the page is true, and what was heard since it was asked for. */
function loadAnew(log: MessageLog, page: readonly Message[], instead: readonly Message[]): MessageLog {
  const old = new Set(instead);
  const from = lowest(page, 1);
  const messages = log.messages.filter((message) => message.seq >= from && !old.has(message));
  return merge({ ...log, from, messages }, page);
}

function afterLoad(log: MessageLog): MessageLog {
  return merge({ ...log, loads: Math.max(0, log.loads - 1), early: [] }, log.early);
}

/** From where on every message up to that seq is known. */
function firstOfRun(messages: readonly Message[], start: number): number {
  let at = messages.findIndex(({ seq }) => seq >= start);
  if (at === -1) at = messages.length;
  for (let seq = start - 1; messages[at - 1]?.seq === seq; seq--) at--;
  return at;
}

function merge(log: MessageLog, incoming: readonly Message[]): MessageLog {
  const { from } = log;
  const outbox = log.outbox.filter((item) => !isStored(log.me, item, incoming));
  const unsent = outbox.length === log.outbox.length ? log.outbox : outbox;
  const appended = from === null ? undefined : append(log.messages, incoming);
  if (appended) return { ...log, messages: appended, outbox: unsent };
  const placed = incoming.filter(({ seq }) => from !== null && seq >= from);
  const isEarly = log.loads > 0 && placed.length < incoming.length;
  const early = isEarly ? [...log.early, ...incoming.filter((message) => !placed.includes(message))] : log.early;
  if (placed.length === 0 && early === log.early && unsent === log.outbox) return log;
  const byId = new Map(log.messages.map((message) => [message.id, message]));
  for (const message of placed) byId.set(message.id, newer(byId.get(message.id), message));
  const messages = [...byId.values()].sort((a, b) => a.seq - b.seq);
  return { ...log, messages, early, outbox: unsent };
}

/** The common case, one new message after the last, without sorting thousands again. */
function append(known: readonly Message[], incoming: readonly Message[]): readonly Message[] | undefined {
  const [message] = incoming;
  const last = known.at(-1);
  if (incoming.length !== 1 || !message || !last || message.seq !== last.seq + 1) return undefined;
  return [...known, message];
}

/** Versions only move forwards: created, then edited (the later wins), then deleted. */
function newer(known: Message | undefined, incoming: Message): Message {
  if (known === undefined || incoming.deletedAt) return incoming;
  if (known.deletedAt) return known;
  return editedAt(incoming) >= editedAt(known) ? incoming : known;
}

function editedAt({ editedAt }: Message): number {
  return editedAt ? Date.parse(editedAt) : 0;
}

function isStored(me: string, item: Outgoing, incoming: readonly Message[]): boolean {
  return incoming.some((message) => message.senderId === me && message.clientMessageId === item.clientMessageId);
}

function lowest(messages: readonly Message[], otherwise: number): number {
  return messages.reduce((low, { seq }) => Math.min(low, seq), messages[0]?.seq ?? otherwise);
}
