import { type Api, inTime, nextOf, peopleOf } from "./api.ts";
import { isInAside } from "./aside.ts";
import { type Change, visibleMessages } from "./chat-state.ts";
import { asList, IDS_AT_ONCE } from "./ids.ts";
import { hasHole, type LogAction, type Outgoing, type Written, writtenOf } from "./message-log.ts";
import { newKey } from "./new-key.ts";
import { Outbox } from "./outbox.ts";
import { ParleyError, saysGone } from "./parley-error.ts";
import { ReadPosition } from "./read-position.ts";
import type { Action, Link, State } from "./state.ts";
import { strangersOf } from "./strangers.ts";
import type { LiveEvent, Member, Message, Mute } from "./types.ts";

const PAGE = 50;
const LARGEST_PAGE = 200;
const MOST_KEPT = 500;
const TYPING_EVERY_MS = 3_000;
const HOLE_PATIENCE_MS = 1_000;

type AsideRange = { before: string; limit: number } | { after: string; limit: number };

export interface RoomOptions {
  api: Api;
  clientId: string;
  state: () => State;
  isClosed: () => boolean;
  act: (action: Action) => void;
  /** Loads the chat where it is not here; false for one that this person is not in, undefined once the client is closed. */
  ensureChat: () => Promise<boolean | undefined>;
  /** Sends it once the chat is here. */
  sendLater: (item: Outgoing) => void;
  /** Keep an unsent message over a reload. */
  keep: (item: Outgoing) => void;
  forget: (clientMessageId: string) => void;
  /** Keep why it was not taken, or that it goes out all the same. */
  refused: (clientMessageId: string, reason: string | undefined) => void;
  /** The service knows of a new read position. */
  onRead: () => void;
}

/** What one does in one chat. Refusals are thrown as `ParleyError`, but for sends: those stay in the list with their reason. */
export class ChatRoom {
  readonly chatId: string;
  readonly #options: RoomOptions;
  readonly #outbox: Outbox;
  readonly #read: ReadPosition;
  /** By message: its changes go out one after the other, or the first could be the one that is stored last. */
  readonly #changing = new Map<string, Promise<Message>>();
  /** The newest message when some were marked unread: being on the screen makes none up to it read. */
  #leftUnread = 0;
  /** Since it was opened. */
  #wentBack = false;
  #typedAt = 0;
  #missedReceipts = false;
  #holeTimer: ReturnType<typeof setTimeout> | undefined;
  #opening: Promise<void> | undefined;
  /** By what is asked for, so that it is asked for once. */
  readonly #pages = new Map<string, Promise<void>>();
  #asides = 0;

  constructor(chatId: string, options: RoomOptions) {
    this.chatId = chatId;
    this.#options = options;
    this.#read = new ReadPosition((seq, keepalive) => this.#tellRead(seq, keepalive));
    this.#outbox = new Outbox({
      isOnline: () => options.state().link !== "offline" && options.state().link !== "signed-out",
      items: () => this.#chat?.log.outbox ?? [],
      send: (item) => this.#post(item),
      act: (action) => this.#onLog(action),
    });
  }

  get #chat() {
    return this.#options.state().chats[this.chatId];
  }

  /**
   * Loads the newest page, far enough back for the first unread message where that is one page, and the members; the chat itself
   * where it is not among those that are here. Throws ParleyError 404 where this person is not in it.
   */
  open(): Promise<void> {
    this.#leftUnread = 0;
    this.#wentBack = false;
    if (this.#opening) return this.#opening;
    const opening = this.#open().catch((error) => {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    });
    this.#opening = opening;
    return opening;
  }

  /** Shows it at once, or as soon as the chat is here, and sends it when it can, in the order of the calls. */
  send(content: string, more: Pick<Written, "replyToId" | "mentionUserIds"> = {}): void {
    const item: Outgoing = { clientMessageId: newKey(), content, ...more, status: "sending" };
    this.#options.keep(item);
    if (this.#chat) this.#outbox.add(content, item);
    else this.#options.sendLater(item);
  }

  retry(clientMessageId: string): void {
    this.#outbox.retry(clientMessageId);
  }

  discard(clientMessageId: string): void {
    this.#outbox.discard(clientMessageId);
  }

  takeOver(item: Outgoing): void {
    if (item.status === "refused") this.#outbox.addRefused(item);
    else this.#outbox.add(item.content, item);
  }

  /** Whom it mentions stays as it is where that is left out. */
  async edit(messageId: string, content: string, more: Pick<Written, "mentionUserIds"> = {}): Promise<void> {
    const { chatId } = this;
    const { clientId, api } = this.#options;
    const change = { content, ...more };
    await this.#change(messageId, change, async () => {
      return (await api.call("messages.edit", { chatId, messageId, ...change, clientId })).body;
    });
  }

  async delete(messageId: string): Promise<void> {
    const { chatId } = this;
    await this.#change(messageId, { deleted: true }, async () => {
      return (await this.#options.api.call("messages.delete", { chatId, messageId })).body;
    });
  }

  /** Call at every key; says it at most every three seconds. */
  typing(): void {
    if (this.#options.state().link !== "live" || Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    // Worth one try: it is stale before a second one could arrive.
    this.#options.api.call("typing.send", { chatId: this.chatId }).catch(ignoreStale);
  }

  /** Call when the person has this message, and so all before it, before them. Forwards only. */
  markRead(seq: number): void {
    const from = this.#chat?.chat.lastReadSeq ?? 0;
    if (seq <= from) return;
    this.#options.act({ type: "read", chatId: this.chatId, seq });
    this.#read.moveTo(seq, from);
  }

  /**
   * The same for what just is on the screen: what was marked unread stays so until the chat is opened again, or a newer message is there.
   * Where that is of the newest, and nobody has gone far back, far older ones are let go of: they are loaded again as other earlier ones are.
   */
  markShown(seq: number): void {
    if (seq <= this.#leftUnread) return;
    this.markRead(seq);
    const messages = this.#chat?.log.messages;
    // Some have come since it was on the screen, where they come all the time.
    if (!this.#wentBack && messages?.at(-MOST_KEPT) && (messages.at(-PAGE)?.seq ?? 0) <= seq)
      this.#options.act({ type: "trimmed", chatId: this.chatId });
  }

  /** This message and all after it are unread again. */
  async markUnread(seq: number): Promise<void> {
    this.#leftUnread = this.#chat?.chat.lastSeq ?? seq;
    const input = { chatId: this.chatId, seq, unread: true, clientId: this.#options.clientId };
    await this.#read.settle();
    const { body } = await this.#options.api.call("reads.move", input).catch((error: unknown) => {
      // Then what was read is so still, and may be untold.
      this.#read.moveTo(this.#chat?.chat.lastReadSeq ?? 0);
      throw error;
    });
    this.#read.setBack(body.lastReadSeq);
    this.#options.act({ type: "read", chatId: this.chatId, seq: body.lastReadSeq, told: true });
    this.#options.onRead();
  }

  /** A page of older messages, before what is shown. */
  async loadEarlier(limit = PAGE): Promise<void> {
    const { aside } = this.#chat ?? {};
    if (!aside) return this.#once("earlier", () => this.#loadEarlier(limit));
    if (aside.earlier) await this.#extend(aside.key, { before: aside.earlier, limit });
  }

  /** A page of newer messages after the older ones that are shown. Once there is nothing between they are shown together with the newest. */
  async loadLater(limit = PAGE): Promise<void> {
    const { aside } = this.#chat ?? {};
    const last = aside?.log.messages.at(-1);
    if (!aside || !last) return;
    await this.#extend(aside.key, { after: String(last.seq), limit });
  }

  /** Loads the message with that seq to be shown: of what was said long ago a stretch of its own, in place of the newest messages. */
  async goTo(seq: number, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.#chat && this.#chat.earlier === undefined) await this.open();
    const { log, aside } = this.#chat ?? {};
    const isWanted = () => !signal?.aborted;
    if (!log || !isWanted()) return;
    const from = log.from ?? 1;
    if (aside && seq < from && isInAside(aside, seq)) return;
    if (seq >= from - LARGEST_PAGE) {
      await this.loadBackTo(seq, { signal });
      if (isWanted()) this.toNewest();
      return;
    }
    // So much of it on each side that nothing more has to come while one arrives there.
    await this.#loadAside(
      { before: String(Math.max(seq, PAGE) + PAGE + 1), limit: 2 * PAGE },
      { isWanted, downTo: seq },
    );
  }

  /** Shows the newest messages again. */
  toNewest(): void {
    this.#options.act({ type: "aside", chatId: this.chatId });
  }

  /** Loads back until the message with that seq is here, or nobody wants it any more. What is here by then stays, also where a page fails. */
  async loadBackTo(seq: number, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    // Before the newest page is here there is nothing to go back from.
    if (this.#chat && this.#chat.earlier === undefined) await this.open();
    const isWanted = () => !signal?.aborted && this.#chat?.earlier && (this.#chat.log.from ?? 0) > seq;
    while (isWanted()) await this.#once("earlier", () => this.#loadEarlier(LARGEST_PAGE));
  }

  /** The first ones, and as many as are here. */
  async loadMembers(): Promise<void> {
    const { act, state } = this.#options;
    // Who reads from now on is heard over the line only.
    this.#missedReceipts = state().link !== "live";
    const changes = this.#chat?.memberChanges ?? 0;
    try {
      let { members, more } = await this.#membersAfter();
      while (more !== null && members.length < (this.#chat?.members?.length ?? 0)) {
        const page = await this.#membersAfter(more);
        members = [...members, ...page.members];
        more = page.more;
      }
      act({ type: "members-loaded", chatId: this.chatId, members, more, changes });
    } catch (error) {
      this.#missedReceipts = true;
      throw error;
    }
  }

  /** A page of those that follow the ones that are here: of others by then, where the list was loaded again meanwhile. */
  async loadMoreMembers(): Promise<void> {
    const { moreMembers: after, memberChanges: changes = 0 } = this.#chat ?? {};
    if (!after) return;
    await this.#once(`members after ${after}`, async () => {
      const page = await this.#membersAfter(after);
      if (this.#chat?.moreMembers !== after) return this.loadMoreMembers();
      this.#options.act({ type: "members-loaded", chatId: this.chatId, ...page, changes, after });
    });
  }

  async #membersAfter(after?: string) {
    const which = { chatId: this.chatId, expand: true, limit: LARGEST_PAGE, after };
    const { body } = await this.#options.api.call("members.list", which, inTime());
    // Whole ones, for `expand`.
    return { members: body.data as Member[], more: nextOf(body) };
  }

  /** Those of whom events have told the id alone. */
  async loadStrangers(): Promise<void> {
    const { api, act, state } = this.#options;
    const { chatId } = this;
    const chat = this.#chat;
    const userIds = chat ? strangersOf(chat, state().people).slice(0, IDS_AT_ONCE) : [];
    if (userIds.length === 0) return;
    const asking = api.call("members.listPeople", { chatId, userIds: asList(userIds) }, inTime());
    const people = await asking.then(
      ({ body }) => body.data,
      (error: unknown) => {
        // An older service has no such call.
        if (saysGone(error)) return [];
        throw error;
      },
    );
    act({ type: "people-known", people, asked: { chatId, userIds } });
    await this.loadStrangers();
  }

  /** Call when it is on the screen and the line is there: who has read is loaded again where receipts may have been missed. */
  catchUp(): void {
    if (this.#missedReceipts) this.loadMembers().catch(ignoreStale);
  }

  async addMembers(userIds: string[]): Promise<void> {
    await this.#options.api.call("members.add", { chatId: this.chatId, userIds });
    await this.loadMembers();
  }

  async removeMember(userId: string): Promise<void> {
    await this.#options.api.call("members.remove", { chatId: this.chatId, userId });
    if (userId === this.#options.state().me) this.#options.act({ type: "chat-gone", chatId: this.chatId });
    else await this.loadMembers();
  }

  async update(settings: { name?: string }): Promise<void> {
    const { body } = await this.#options.api.call("chats.update", { chatId: this.chatId, ...settings });
    // Of the answer only the settings: messages may have come since.
    const event: LiveEvent = { type: "chat.updated", chatId: this.chatId, data: { ...body } };
    this.#options.act({ type: "event", event, now: Date.now() });
  }

  /** For ever, or until a time. */
  async mute(mute: Mute, until?: string): Promise<void> {
    const { chatId } = this;
    const { api, clientId, act } = this.#options;
    const { body } = await api.call("chats.setNotifications", { chatId, mute, until, clientId });
    act({ type: "muted", chatId, notifications: { mute, ...(body.until ? { until: body.until } : {}) } });
  }

  /** What is shown may have a gap, or be changed or gone: only what is loaded now is believed. */
  async reload(): Promise<void> {
    const { log } = this.#chat ?? {};
    if (!log || log.from === null) return;
    try {
      this.#keepAside();
      await this.#loadNewest(log.messages);
      await this.#reloadAside();
    } catch (error) {
      if (!saysGone(error)) throw error;
      this.#options.act({ type: "chat-gone", chatId: this.chatId });
    }
  }

  heard(event: LiveEvent): void {
    if (event.type.startsWith("message.")) this.#watchForHole();
  }

  onLink(link: Link): void {
    void this.#outbox.flush();
    if (link !== "live") {
      this.#missedReceipts = true;
      return;
    }
    this.#read.resend();
    if ((this.#chat?.log.from ?? null) !== null) this.#loadPresence(true).catch(ignoreStale);
  }

  /** Until it is opened again, or the client started. */
  close(): void {
    this.#opening = undefined;
    clearTimeout(this.#holeTimer);
    this.#holeTimer = undefined;
    this.#outbox.close();
    if (!this.#chat) this.#read.giveUp();
    this.#read.close();
  }

  /** No timer comes any more. */
  leavePage(): void {
    this.#read.tellNow(true);
  }

  async #open(): Promise<void> {
    // What is loaded of a chat that is not here is kept nowhere.
    const isHere = this.#chat !== undefined || (await this.#options.ensureChat());
    if (isHere === false)
      throw new ParleyError(404, { code: "not_found", detail: "There is no such chat, or you are not in it." });
    if (isHere === undefined) this.#opening = undefined;
    await Promise.all([this.#loadNewest(), this.loadMembers(), this.#loadPresence()]);
  }

  async #loadNewest(instead?: readonly Message[]): Promise<void> {
    const { lastSeq = 0, lastReadSeq = 0 } = this.#chat?.chat ?? {};
    const limit = Math.min(LARGEST_PAGE, Math.max(PAGE, lastSeq - lastReadSeq + 10));
    const { page, next } = await this.#loadPage({ type: "loaded", instead }, { limit });
    const goesDeeper = (this.#chat?.log.from ?? 1) < (page.at(-1)?.seq ?? 1);
    if (!goesDeeper) this.#options.act({ type: "earlier", chatId: this.chatId, cursor: next });
    this.#watchForHole();
  }

  async #loadEarlier(limit: number): Promise<void> {
    const { earlier: before, log } = this.#chat ?? {};
    if (!before || !log) return;
    // A page that is loaded ahead of being looked at is no going back.
    this.#wentBack ||= log.messages.length + limit > MOST_KEPT;
    // A reload over a gap may make the list begin elsewhere meanwhile.
    const adjoins = () => this.#chat?.log.from === log.from;
    const { next, fits } = await this.#loadPage({ type: "loaded-earlier" }, { limit, before }, adjoins);
    if (fits) this.#options.act({ type: "earlier", chatId: this.chatId, cursor: next });
  }

  /** What is heard while a page is under way is kept for it: the page may be older. One that adjoins nothing any more is dropped. */
  async #loadPage(
    as: { type: "loaded"; instead?: readonly Message[] | undefined } | { type: "loaded-earlier" },
    which: { limit: number; before?: string },
    adjoins = () => true,
  ) {
    const { chatId } = this;
    const onLog = (action: LogAction) => this.#options.act({ type: "log", chatId, action });
    onLog({ type: "loading" });
    try {
      const body = await this.#page(which);
      const page = body.data as Message[];
      const fits = adjoins();
      onLog(fits ? { ...as, page } : { type: "not-loaded" });
      return { page, next: nextOf(body), fits };
    } catch (error) {
      onLog({ type: "not-loaded" });
      throw error;
    }
  }

  /** As another one: pages that were asked for before a gap have no place in it. */
  #keepAside(): void {
    if (this.#chat?.aside) this.#options.act({ type: "aside", chatId: this.chatId, key: ++this.#asides });
  }

  /** Where it cannot be loaded anew the newest messages are shown: that they are here is what counts for the line. */
  async #reloadAside(): Promise<void> {
    const { key, log } = this.#chat?.aside ?? {};
    const last = log?.messages.at(-1);
    if (!last) return;
    const isWanted = () => this.#chat?.aside?.key === key;
    const whole = { isWanted, downTo: log?.from ?? 1 };
    await this.#loadAside({ before: String(last.seq + 1), limit: LARGEST_PAGE }, whole).catch(() => {
      if (isWanted()) this.toNewest();
    });
  }

  #extend(key: number, which: AsideRange): Promise<void> {
    return this.#once(JSON.stringify([key, which]), () => this.#loadAside(which, { key }));
  }

  /**
   * A page of the one with that key, or of a new one without. Whether it is still wanted is asked when it is here; `downTo` has pages loaded
   * until that message is among them.
   */
  async #loadAside(
    which: AsideRange,
    more: { key?: number; isWanted?: () => boolean; downTo?: number },
  ): Promise<void> {
    const { key, isWanted = () => true, downTo = Number.POSITIVE_INFINITY } = more;
    const { chatId } = this;
    const { act } = this.#options;
    const end = () => act({ type: "log", chatId, action: { type: "not-loaded" } });
    act({ type: "log", chatId, action: { type: "loading" } });
    try {
      let body = await this.#page(which);
      const page = [...(body.data as Message[])];
      for (let before = nextOf(body); before && (page.at(-1)?.seq ?? 0) > downTo && isWanted(); before = nextOf(body)) {
        body = await this.#page({ before, limit: which.limit });
        page.push(...(body.data as Message[]));
      }
      if (!isWanted()) return end();
      const earlier = "before" in which ? nextOf(body) : undefined;
      act({ type: "aside-loaded", chatId, key: key ?? ++this.#asides, opens: key === undefined, page, earlier });
    } catch (error) {
      end();
      throw error;
    }
  }

  async #page(which: { limit: number; before?: string; after?: string }) {
    const { api, act } = this.#options;
    const { body } = await api.call("messages.list", { chatId: this.chatId, ...which, people: true }, inTime());
    // Known before they are shown.
    act({ type: "people-known", people: peopleOf(body) });
    return body;
  }

  #once(what: string, load: () => Promise<void>): Promise<void> {
    const known = this.#pages.get(what);
    if (known) return known;
    const loading = load().finally(() => this.#pages.delete(what));
    this.#pages.set(what, loading);
    return loading;
  }

  async #loadPresence(isNewLine = false): Promise<void> {
    const { api, act, state } = this.#options;
    const before = state().presence;
    const asking = api.call("presence.get", { chatId: this.chatId }).then(({ body }) => body.data);
    // Without an answer none of them is shown as there, unless events have kept true what is.
    const presence = await asking.catch(() => (isNewLine && this.#chat?.members) || []);
    act({ type: "presence-known", presence, before });
    await asking;
  }

  async #post(item: Outgoing): Promise<Message> {
    const { api, clientId, onRead } = this.#options;
    const { body } = await api.call("messages.send", { ...writtenOf(item), chatId: this.chatId, clientId }, inTime());
    // Who sends has read what is there, and of that comes no event.
    onRead();
    return body;
  }

  async #tellRead(seq: number, keepalive: boolean): Promise<void> {
    const { api, clientId, act } = this.#options;
    const { chatId } = this;
    const version = this.#chat?.version;
    const { body } = await api.call("reads.move", { chatId, seq, clientId }, { keepalive });
    this.#options.onRead();
    const { chat } = this.#chat ?? {};
    if (!chat) return;
    // Events may have moved it since the answer was made, and the person may have read on: then it stays, and the summary says the rest.
    const stays = this.#chat?.version !== version || this.#read.isBeyond(seq);
    act({ type: "read", chatId, seq: stays ? (chat.lastReadSeq ?? 0) : body.lastReadSeq, told: true });
  }

  /** Shown at once, taken back when the service refuses. */
  async #change(messageId: string, change: Change, call: () => Promise<Message>): Promise<void> {
    const { chatId } = this;
    const { act } = this.#options;
    act({ type: "changing", chatId, messageId, change });
    const answer = (this.#changing.get(messageId) ?? Promise.resolve()).then(call, call);
    this.#changing.set(messageId, answer);
    try {
      act({ type: "log", chatId, action: { type: "seen", message: await answer } });
    } finally {
      if (this.#changing.get(messageId) === answer) {
        this.#changing.delete(messageId);
        act({ type: "changing", chatId, messageId, change: undefined });
      }
    }
  }

  #onLog(action: LogAction): void {
    this.#options.act({ type: "log", chatId: this.chatId, action });
    if (action.type === "held") this.#options.refused(action.clientMessageId, action.reason);
    if (action.type === "discarded") this.#options.forget(action.clientMessageId);
    if (action.type === "seen" && action.message.clientMessageId) this.#options.forget(action.message.clientMessageId);
    this.#watchForHole();
  }

  /** A hole is normally an own send whose answer is under way; if it stays, the newest page has what is missing. */
  #watchForHole(): void {
    const log = this.#chat?.log;
    if (!log || !hasHole(log) || this.#holeTimer !== undefined || this.#options.isClosed()) return;
    this.#holeTimer = setTimeout(() => {
      this.#holeTimer = undefined;
      const still = this.#chat?.log;
      if (still && hasHole(still)) this.#loadNewest().catch(ignoreStale);
    }, HOLE_PATIENCE_MS);
  }

  /** Newest last; empty before `open` has loaded. */
  messages(): readonly Message[] {
    return this.#chat ? visibleMessages(this.#chat) : [];
  }
}

function ignoreStale(): void {}
