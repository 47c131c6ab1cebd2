import { type Api, inTime, nextOf } from "./api.ts";
import { appearedAt, type InboxAction, type InboxFilter } from "./inbox-state.ts";
import type { Action, State } from "./state.ts";
import type { Notification } from "./types.ts";

const PAGE = 30;
const COUNTED_AFTER_MS = 150;
/** What comes so soon after a count keeps coming. */
const COMING_MS = 3_000;

export interface InboxOptions {
  api: Api;
  clientId: string;
  isClosed: () => boolean;
  state: () => State;
  act: (action: Action) => void;
}

/** What one does in one's inbox. Changes show at once and are taken back when the service refuses them; the refusal is thrown. */
export class Inbox {
  readonly #options: InboxOptions;
  /** The last change under way, by notification: they go out one after the other. */
  readonly #changing = new Map<string, Promise<unknown>>();
  /** Deletes at once what is to be deleted later, by notification. */
  readonly #leaving = new Map<string, (keepalive?: boolean) => Promise<void>>();
  #counting: ReturnType<typeof setTimeout> | undefined;
  #isCounted = false;
  /** The smallest crowd of which there is news that is not asked for yet. */
  #crowd = Number.POSITIVE_INFINITY;
  #isAsking = false;
  #askedAt = 0;
  #spread = 0;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** The first page of a list, or the next. */
  async load(filter: InboxFilter, more = false): Promise<void> {
    await this.#load(filter, { more });
  }

  /** Returns what came. A next page of a list that was loaded anew meanwhile is dropped: it would hide a gap. */
  async #load(filter: InboxFilter, { more = false, anew = false }): Promise<string[]> {
    const goesOnAt = () => this.#options.state().inbox.views[filter]?.more;
    const before = more ? goesOnAt() : undefined;
    if (more && !before) return [];
    const which = { limit: PAGE, ...(before ? { before } : {}), ...queryOf(filter) };
    this.#act({ type: "loading" });
    try {
      const { body } = await this.#options.api.call("notifications.list", which, inTime());
      if (more && goesOnAt() !== before) this.#act({ type: "not-loaded" });
      else this.#act({ type: "loaded", filter, items: body.data, more: nextOf(body), first: !more, anew });
      return body.data.map(({ id }) => id);
    } catch (error) {
      this.#act({ type: "not-loaded" });
      throw error;
    }
  }

  async setRead(item: Notification, read: boolean): Promise<void> {
    const at = new Date().toISOString();
    const readAt = read ? (item.readAt ?? at) : undefined;
    await this.#change(item, { isRead: read, read, readAt }, ({ clientId, api }, notificationId) =>
      api.call("notifications.setRead", { notificationId, read, clientId }),
    );
  }

  /** What is archived does not sleep any more. */
  async setArchived(item: Notification, archived: boolean): Promise<void> {
    const at = new Date().toISOString();
    const change = archived ? { archivedAt: at, snoozedUntil: undefined } : { archivedAt: undefined };
    await this.#change(item, change, ({ clientId, api }, notificationId) =>
      api.call("notifications.setArchived", { notificationId, archived, clientId }),
    );
  }

  /** Until a time, also out of the archive. Undefined brings it back now. */
  async snooze(item: Notification, until: Date | undefined): Promise<void> {
    const snoozedUntil = until?.toISOString();
    const change = until ? { snoozedUntil, archivedAt: undefined } : { snoozedUntil };
    await this.#change(item, change, ({ clientId, api }, notificationId) =>
      api.call("notifications.snooze", { notificationId, until: snoozedUntil, clientId }),
    );
  }

  /**
   * Hides it at once and deletes it after a while, or when the page is left; until then `undo` takes it back, later it does nothing.
   * @returns `late` resolves when it is too late to undo it
   */
  deleteLater(
    item: Notification,
    ms: number,
    onFailed: (error: unknown) => void,
  ): { undo: () => void; late: Promise<void> } {
    const { id } = item;
    const { api } = this.#options;
    let tellLate = () => {};
    const late = new Promise<void>((resolve) => {
      tellLate = resolve;
    });
    this.#act({ type: "leaving", id, leaves: true });
    const now = async (keepalive = false) => {
      clearTimeout(timer);
      this.#leaving.delete(id);
      tellLate();
      try {
        await api.call("notifications.delete", { notificationId: id }, { keepalive });
        this.#act({ type: "gone", id });
      } catch (error) {
        this.#act({ type: "leaving", id, leaves: false });
        onFailed(error);
      }
      this.count();
    };
    const timer = setTimeout(() => void now(), ms);
    this.#leaving.set(id, now);
    if (typeof document !== "undefined") window.addEventListener("pagehide", this.#onPageHide);
    return {
      late,
      undo: () => {
        if (this.#leaving.get(id) !== now) return;
        clearTimeout(timer);
        this.#leaving.delete(id);
        this.#act({ type: "leaving", id, leaves: false });
      },
    };
  }

  async readAll(): Promise<void> {
    const { api, clientId } = this.#options;
    const until = this.#newest();
    await api.call("notifications.readAll", { clientId });
    this.#act({ type: "all-read", at: new Date().toISOString(), until });
    // Of what has come in since, the service may have marked some and not the rest.
    if (this.#newest() > until) await this.reload().catch(ignore);
    this.count();
  }

  /** Call when the list was on the screen. */
  async seeAll(): Promise<void> {
    // Where nobody counts, the service knows.
    if (this.#options.state().counters?.inbox.unseen === 0) return;
    await this.#options.api.call("notifications.seeAll", { clientId: this.#options.clientId });
    this.count();
  }

  /** From now on the counters are kept true. */
  startCounting(): void {
    if (this.#isCounted) return;
    this.#isCounted = true;
    this.count();
  }

  /**
   * Soon, and once for a burst: asks the service to count. The pages of a crowd all hear the same: each waits for a while of its own, the
   * longer the more they are, and while news keeps coming.
   */
  count(crowd = 1): void {
    if (!this.#isCounted || this.#options.isClosed() || crowd >= this.#crowd) return;
    this.#crowd = crowd;
    if (this.#isAsking) return;
    clearTimeout(this.#counting);
    const longer = Date.now() - this.#askedAt < COMING_MS ? 2 * this.#spread : 0;
    const most = Math.min(10_000, Math.max(600, 20 * crowd));
    this.#spread = Math.min(most, Math.max(300, 2 * crowd, longer));
    this.#counting = setTimeout(() => void this.#count(), COUNTED_AFTER_MS + Math.random() * this.#spread);
  }

  async #count(): Promise<void> {
    const { api, act } = this.#options;
    this.#crowd = Number.POSITIVE_INFINITY;
    this.#isAsking = true;
    // Without an answer the old numbers stay; the next event or connection asks again.
    await api
      .call("inbox.getCounters", {}, inTime())
      .then(({ body }) => act({ type: "counted", counters: body }), ignore);
    this.#isAsking = false;
    this.#askedAt = Date.now();
    const crowd = this.#crowd;
    this.#crowd = Number.POSITIVE_INFINITY;
    this.count(crowd);
  }

  /** After a gap: what is shown is loaded again. */
  async reload(): Promise<void> {
    const filters = Object.keys(this.#options.state().inbox.views) as InboxFilter[];
    this.#act({ type: "loading" });
    try {
      const pages = await Promise.all(filters.map((filter) => this.#load(filter, { anew: true })));
      this.#act({ type: "reloaded", ids: pages.flat() });
    } catch (error) {
      this.#act({ type: "not-loaded" });
      throw error;
    }
    this.count();
  }

  close(): void {
    clearTimeout(this.#counting);
    this.#crowd = Number.POSITIVE_INFINITY;
    // Nobody can undo it any more.
    for (const now of this.#leaving.values()) void now();
    if (typeof document !== "undefined") window.removeEventListener("pagehide", this.#onPageHide);
  }

  /** No timer comes any more. */
  readonly #onPageHide = () => {
    for (const now of this.#leaving.values()) void now(true);
  };

  async #change(
    item: Notification,
    change: Partial<Notification>,
    call: (options: InboxOptions, id: string) => Promise<{ body: Notification }>,
  ): Promise<void> {
    const { id } = item;
    const known = () => this.#options.state().inbox.items[id];
    let before: Notification | undefined;
    this.#act({ type: "changing", id, change });
    const answer = (this.#changing.get(id) ?? Promise.resolve()).then(() => {
      before = known();
      return call(this.#options, id);
    });
    const last = answer.catch(ignore);
    this.#changing.set(id, last);
    try {
      let { body } = await answer;
      // What events have said meanwhile may be newer than the answer, or older.
      while (known() && known() !== before) {
        before = known();
        body = await this.#options.api.call("notifications.get", { notificationId: id }).then(
          (now) => now.body,
          () => body,
        );
      }
      // One that is gone stays gone.
      if (known()) this.#act({ type: "changed", item: body });
    } finally {
      if (this.#changing.get(id) === last) this.#changing.delete(id);
      this.#act({ type: "changing", id, change, ends: true });
      this.count();
    }
  }

  /** When the newest one that is here appeared, by the service's clock. */
  #newest(): string {
    const times = Object.values(this.#options.state().inbox.items).map(appearedAt);
    return times.sort().at(-1) ?? "";
  }

  #act(action: InboxAction): void {
    this.#options.act({ type: "inbox", action });
  }
}

function queryOf(filter: InboxFilter) {
  if (filter === "unread") return { unreadOnly: true };
  if (filter === "archived") return { archived: true };
  if (filter === "snoozed") return { snoozed: true };
  return filter.startsWith("type:") ? { type: filter.slice("type:".length) } : {};
}

function ignore(): void {}
