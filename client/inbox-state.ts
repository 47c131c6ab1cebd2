import type { Notification } from "./types.ts";

/** Which notifications a list shows. */
export type InboxFilter = "all" | "unread" | "archived" | "snoozed" | `type:${string}`;

export interface InboxView {
  /** Cursor of the next older page; null when all are here, undefined before the first page. */
  more: string | null | undefined;
  /** When the oldest one that this view has loaded appeared: what is older and known from elsewhere would leave a gap. */
  floor: string;
}

/** What this page knows of one's notifications, and how far each list is loaded. */
export interface InboxState {
  items: Readonly<Record<string, Notification>>;
  /** What is under way of each, by id: it shows over what answers and events say meanwhile. */
  changes: Readonly<Record<string, readonly Partial<Notification>[]>>;
  views: Readonly<Partial<Record<InboxFilter, InboxView>>>;
  /** Hidden until it is sure that they shall go. */
  leaving: readonly string[];
  /** Pages under way, and what was heard meanwhile (null: it is gone): a page may be older than that. */
  loads: number;
  heard: Readonly<Record<string, Notification | null>>;
}

interface LoadedPage {
  items: readonly Notification[];
  more: string | null;
  first: boolean;
  /** After a gap: what is older may be gone. */
  anew?: boolean;
}

export type InboxAction =
  | { type: "loading" }
  | { type: "not-loaded" }
  | ({ type: "loaded"; filter: InboxFilter } & LoadedPage)
  /** All views were loaded anew, with these: what else they have shown may be gone, and comes again with its page. */
  | { type: "reloaded"; ids: readonly string[] }
  | { type: "changed"; item: Notification }
  | { type: "changing"; id: string; change: Partial<Notification>; ends?: boolean }
  /** `until`: when the newest appeared that was here as it was asked for. */
  | { type: "all-read"; at: string; until: string }
  | { type: "leaving"; id: string; leaves: boolean }
  | { type: "gone"; id: string };

export const emptyInbox: InboxState = { items: {}, changes: {}, views: {}, leaving: [], loads: 0, heard: {} };

export function reduceInbox(state: InboxState, action: InboxAction): InboxState {
  switch (action.type) {
    case "loading":
      return { ...state, loads: state.loads + 1 };
    case "not-loaded":
      return afterLoad(state);
    case "loaded": {
      const loaded = action.items.filter(({ id }) => state.heard[id] !== null);
      const newest = loaded.map((item) => withHtmlOf(item, state.heard[item.id] ?? item));
      const items = { ...state.items, ...byId(newest) };
      const views = { ...state.views, [action.filter]: viewWith(state, action.filter, action) };
      return afterLoad({ ...state, items, views });
    }
    case "reloaded": {
      const shown = Object.keys(state.views) as InboxFilter[];
      const isShown = (item: Notification) => shown.some((filter) => isIn(item, filter, Date.now()));
      const stays = (item: Notification) =>
        action.ids.includes(item.id) ||
        state.heard[item.id] !== undefined ||
        state.changes[item.id] !== undefined ||
        !isShown(item);
      return afterLoad({ ...state, items: byId(Object.values(state.items).filter(stays)) });
    }
    case "changed": {
      const item = withHtmlOf(state.items[action.item.id], action.item);
      return withHeard({ ...state, items: { ...state.items, [item.id]: item } }, [item]);
    }
    case "changing": {
      const { [action.id]: known = [], ...others } = state.changes;
      const under = action.ends ? known.filter((one) => one !== action.change) : [...known, action.change];
      return { ...state, changes: under.length === 0 ? others : { ...others, [action.id]: under } };
    }
    case "all-read": {
      // What is put away or sleeps stays as it is.
      const isMeant = ({ isRead, archivedAt, snoozedUntil = "", ...item }: Notification) =>
        !isRead && archivedAt === undefined && snoozedUntil <= action.at && appearedAt(item) <= action.until;
      const read = Object.values(state.items).map((item) =>
        isMeant(item) ? { ...item, isRead: true, read: true, readAt: action.at } : item,
      );
      return withHeard({ ...state, items: byId(read) }, read);
    }
    case "leaving": {
      const others = state.leaving.filter((id) => id !== action.id);
      return { ...state, leaving: action.leaves ? [...others, action.id] : others };
    }
    case "gone": {
      const { [action.id]: _, ...items } = state.items;
      const heard = state.loads > 0 ? { ...state.heard, [action.id]: null } : state.heard;
      return { ...state, items, heard, leaving: state.leaving.filter((id) => id !== action.id) };
    }
  }
}

/** How far a list is loaded with this page. The first page once more, where it adjoins what was there, cuts nothing off. */
function viewWith(state: InboxState, filter: InboxFilter, { items, more, first, anew }: LoadedPage): InboxView {
  const known = state.views[filter];
  if (known && first && !anew && more !== null) {
    const ids = new Set(inboxItems(state, filter).map(({ id }) => id));
    if (items.some(({ id }) => ids.has(id))) return known;
  }
  const last = items.at(-1);
  const floor = more === null ? "" : last ? appearedAt(last) : (!first && known?.floor) || "";
  return { more, floor };
}

function withHeard(state: InboxState, items: readonly Notification[]): InboxState {
  return state.loads > 0 ? { ...state, heard: { ...state.heard, ...byId(items) } } : state;
}

function afterLoad(state: InboxState): InboxState {
  const loads = Math.max(0, state.loads - 1);
  return { ...state, loads, heard: loads === 0 ? {} : state.heard };
}

function byId(items: readonly Notification[]): Record<string, Notification> {
  return Object.fromEntries(items.map((item) => [item.id, item]));
}

/** One event. Applying it twice changes nothing. */
export function applyNotification(state: InboxState, item: Notification): InboxState {
  if (item.status === "deleted") return reduceInbox(state, { type: "gone", id: item.id });
  return reduceInbox(state, { type: "changed", item });
}

/** An answer or an update carries no HTML, so what is known of that stays. */
function withHtmlOf(known: Notification | undefined, item: Notification): Notification {
  const htmlContent = item.htmlContent ?? known?.htmlContent;
  return htmlContent === undefined ? item : { ...item, htmlContent };
}

export interface InboxListOptions {
  now?: number;
  /** By id: those that one reads in the list of unread ones. They stay in it, or the first look at one would take it away. */
  kept?: readonly string[];
}

/** What a list shows, newest first. */
export function inboxItems(
  inbox: InboxState,
  filter: InboxFilter,
  { now = Date.now(), kept = [] }: InboxListOptions = {},
): Notification[] {
  const view = inbox.views[filter];
  if (!view) return [];
  const asListed = (item: Notification) => (kept.includes(item.id) ? { ...item, isRead: false } : item);
  return newestFirst(inbox, (item) => isIn(asListed(item), filter, now) && appearedAt(item) >= view.floor);
}

/** What is urgent and unread of all that is here, in whichever list it came, newest first. */
export function urgentItems(inbox: InboxState, now = Date.now()): Notification[] {
  return newestFirst(inbox, (item) => item.priority === "Urgent" && isIn(item, "unread", now));
}

function newestFirst(
  { items, changes, leaving }: InboxState,
  isMeant: (item: Notification) => boolean,
): Notification[] {
  const shown = (item: Notification): Notification => Object.assign({}, item, ...(changes[item.id] ?? []));
  return Object.values(items)
    .map((item) => (changes[item.id] ? shown(item) : item))
    .filter((item) => isMeant(item) && !leaving.includes(item.id))
    .sort((a, b) => appearedAt(b).localeCompare(appearedAt(a)) || (a.id < b.id ? 1 : -1));
}

export function appearedAt(item: Pick<Notification, "visibleAt" | "createdAt">): string {
  return item.visibleAt ?? item.createdAt;
}

function isIn(item: Notification, filter: InboxFilter, now: number): boolean {
  if (item.expiresAt && Date.parse(item.expiresAt) <= now) return false;
  const archived = item.archivedAt !== undefined;
  const snoozed = item.snoozedUntil !== undefined && Date.parse(item.snoozedUntil) > now;
  if (filter === "archived") return archived;
  if (archived) return false;
  if (filter === "snoozed") return snoozed;
  if (snoozed) return false;
  if (filter === "unread") return !item.isRead;
  return filter === "all" || filter === `type:${item.type}`;
}
