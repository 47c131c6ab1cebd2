import { Api, type CallOptions, inTime, nextOf, peopleOf, tenantAddress } from "./api.ts";
import { ChatRoom } from "./chat-room.ts";
import { TYPING_LASTS_MS } from "./chat-state.ts";
import { fewAtOnce } from "./few-at-once.ts";
import { type Asking, Freshener } from "./freshener.ts";
import { asList, IDS_AT_ONCE } from "./ids.ts";
import { Inbox } from "./inbox.ts";
import { Live, pauseAfter } from "./live.ts";
import { type Outgoing, writtenOf } from "./message-log.ts";
import { newKey } from "./new-key.ts";
import { ParleyError, saysGone, sentenceOf } from "./parley-error.ts";
import type { ParleyOptions } from "./parley-options.ts";
import { standardTransports } from "./standard-transports.ts";
import { type Action, emptyState, isOvertaken, isStillWanted, type Link, reduce, type State } from "./state.ts";
import { browserStorage } from "./storage.ts";
import { strangersOf } from "./strangers.ts";
import { TakeOver } from "./take-over.ts";
import { TokenKeeper, userOf } from "./token-keeper.ts";
import type { Transport } from "./transport.ts";
import type { Chat, LiveEvent } from "./types.ts";
import { type Unsent, UnsentBox } from "./unsent.ts";

const CHATS_PAGE = 50;
/** The most that the service gives at once. */
const LARGEST_PAGE = 200;
/** Events after which something else may be unread. */
const COUNTED = /^(message|notification|read|member|chat)\./u;
/** Events after which one may share a chat with others than before. */
const MEETS = /^(member\.(added|removed)|chat\.(created|deleted))$/u;

/**
 * One person at one page: what they know (`getState`, `subscribe`) and what they can do. Loads, then follows the log from the position
 * the load was true at; applies each event in order and once; goes on by itself after an outage.
 */
export class Parley {
  readonly clientId: string = newKey();
  readonly tenantId: string;
  readonly api: Api;
  readonly inbox: Inbox;
  readonly #options: ParleyOptions;
  readonly #listeners = new Set<() => void>();
  readonly #heard = new Set<(event: LiveEvent) => void>();
  readonly #rooms = new Map<string, ChatRoom>();
  readonly #fetching = new Map<string, Promise<void>>();
  readonly #tokens: TokenKeeper;
  readonly #freshener: Freshener;
  #state: State;
  #live: Live | undefined;
  #box: UnsentBox | undefined;
  #takeOver: TakeOver | undefined;
  /** Written before there was somebody to hand it on. */
  #written: readonly Unsent[] = [];
  /** Over this line. */
  #presenceAsked = new Set<string>();
  #closed = false;
  #started = false;
  #failures = 0;
  #online = true;
  /** Only while a start that failed is to be tried again. */
  #again: ReturnType<typeof setTimeout> | undefined;
  /** Counts starts and ends: what an earlier start has asked for may be answered when a later one is under way. */
  #run = 0;

  constructor(options: ParleyOptions) {
    this.#options = options;
    this.tenantId = options.tenantId;
    this.#state = emptyState(options.userId ?? "");
    this.#tokens = new TokenKeeper(options.getToken, { isNamed: options.userId !== undefined });
    this.api = new Api({
      address: tenantAddress(options.baseUrl, options.tenantId),
      tokens: this.#tokens,
      onCall: options.onCall,
      onSignedOut: (refusal) => this.#signedOut(refusal),
    });
    const { api, clientId } = this;
    this.#freshener = new Freshener({
      isLive: () => !this.#closed && this.#state.link === "live",
      stale: () => this.#stale(),
    });
    const isClosed = () => this.#closed;
    this.inbox = new Inbox({ api, clientId, isClosed, state: this.getState, act: (action) => this.act(action) });
  }

  getState = (): State => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Every event as it is applied. */
  onEvent(listener: (event: LiveEvent) => void): () => void {
    this.#heard.add(listener);
    return () => this.#heard.delete(listener);
  }

  get me(): string {
    return this.#state.me;
  }

  /** Loads, then goes live. What fails is in the state, and tried again by itself, ever more seldom, and at once by `retry`. */
  async start(): Promise<void> {
    if (this.#live) return;
    this.#online = true;
    this.#failures = 0;
    this.act({ type: "phase", phase: "loading" });
    await this.#start();
  }

  async #start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    this.#closed = false;
    this.#startNoMore();
    const run = ++this.#run;
    this.#listen("addEventListener");
    try {
      if (this.me === "") {
        const token = await this.#tokens.current();
        this.#state = { ...this.#state, me: userOf(token) };
      }
      const { cursor, userId, list } = await this.#list();
      if (run !== this.#run) return;
      // The token says it only where its issuer names users as most do.
      if (userId !== undefined && this.#options.userId === undefined) this.act({ type: "named", me: userId });
      const { chats, inbox } = list.before;
      if (Object.keys({ ...chats, ...inbox.views }).length === 0) this.act({ type: "chats-loaded", ...list });
      else {
        // Started before, and closed: what was heard then ends there.
        this.act({ type: "chats-reloaded", ...list });
        await this.#reloadShown();
        if (run !== this.#run) return;
      }
      this.#goLive(cursor);
      this.act({ type: "phase", phase: "ready" });
    } catch (error) {
      if (run !== this.#run) return;
      this.#started = false;
      this.act({ type: "phase", phase: "failed", problem: sentenceOf(error) });
      // To what is refused for good the answer would be the same; whoever is signed out comes back with another token.
      if (!(error instanceof ParleyError)) this.#startLater();
      else if (error.passing) this.#startLater(error.retryAfterMs);
      return;
    }
    await this.#takeOverUnsent();
  }

  /** What is shown meanwhile stays. A program that has nothing else to do ends. */
  #startLater(least = 0): void {
    this.#again = setTimeout(() => void this.#start(), Math.max(pauseAfter(++this.#failures), least));
    this.#again.unref?.();
  }

  #startNoMore(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
  }

  /** Tries at once what would be tried later. */
  retry(): void {
    if (!this.#live) void this.start();
    else if (this.#state.link === "offline") this.#live.start();
    else this.#live.retryNow();
  }

  /** After a new sign-in of the same person: goes on where it was. For another person make another Parley. */
  resume(): void {
    this.#tokens.forget();
    if (this.#live) this.#live.start();
    else void this.start();
  }

  setOnline(online: boolean): void {
    this.#online = online;
    if (online) this.#live?.start();
    else this.#live?.stop();
  }

  /** Goes on over other transports, from the same place in the log. */
  setTransports(transports: readonly Transport[]): void {
    this.#live?.use(transports);
  }

  close(): void {
    this.#closed = true;
    this.#run++;
    this.#started = false;
    this.#startNoMore();
    // What is kept in the box comes from there, unless another page takes it first.
    const left = this.#takeOver?.close().filter(({ clientMessageId }) => !this.#box?.has(clientMessageId)) ?? [];
    this.#written = [...left, ...this.#written];
    for (const room of this.#rooms.values()) room.close();
    for (const part of [this.#box, this.#takeOver, this.inbox, this.#freshener]) part?.close();
    this.#takeOver = undefined;
    this.#live?.stop();
    this.#live = undefined;
    this.#listen("removeEventListener");
  }

  /** What one does in a chat. The same object for the same chat, also where one was out of it, or the client closed, meanwhile. */
  room(chatId: string): ChatRoom {
    const known = this.#rooms.get(chatId);
    if (known) return known;
    const room = new ChatRoom(chatId, {
      api: this.api,
      clientId: this.clientId,
      state: this.getState,
      isClosed: () => this.#closed,
      act: (action) => this.act(action),
      ensureChat: () => this.#ensureChat(chatId, true),
      sendLater: (item) => this.#sendLater(chatId, item),
      keep: (item) => this.#box?.keep(chatId, item),
      forget: (id) => this.#box?.forget(id),
      refused: (id, reason) => this.#box?.refused(id, reason),
      onRead: () => this.inbox.count(),
    });
    this.#rooms.set(chatId, room);
    return room;
  }

  /** Gives up what was written to a chat that is gone. */
  discard(chatId: string, clientMessageId: string): void {
    this.act({ type: "log", chatId, action: { type: "discarded", clientMessageId } });
    void this.#box?.forget(clientMessageId);
  }

  async loadMoreChats(): Promise<void> {
    const { moreChats } = this.#state;
    if (moreChats === null) return;
    const before = this.#state;
    const { body } = await this.#chatsPage({ limit: CHATS_PAGE, before: moreChats });
    // Of a chat that events have named meanwhile the page may be too old: it is kept, or fetched, as they said.
    const chats = (body.data as Chat[]).filter(({ id }) => !isOvertaken(before, this.#state, id));
    this.act({ type: "chats-loaded", chats, more: nextOf(body) });
  }

  /** Makes a chat, or gives the one of the two that exists. With a key of yours it is made once, however often you ask. */
  async createChat(
    wanted: { kind?: "group" | "direct"; name?: string; memberUserIds: string[] },
    { idempotencyKey = newKey() }: { idempotencyKey?: string } = {},
  ): Promise<Chat> {
    const { body } = await this.api.call("chats.create", wanted, { idempotencyKey });
    if (this.#state.wanted[body.id]) await this.loadChat(body.id, true);
    if (!this.#state.chats[body.id]) this.act({ type: "chat-loaded", chat: body });
    return body;
  }

  /** Asks who is there, once over a line; from then on the events say it. */
  loadPresence(userIds: readonly string[]): void {
    const before = this.#state.presence;
    const asked = this.#presenceAsked;
    const wanted = userIds.filter((id) => !asked.has(id));
    for (let at = 0; at < wanted.length; at += IDS_AT_ONCE) {
      const some = wanted.slice(at, at + IDS_AT_ONCE);
      for (const id of some) asked.add(id);
      this.api.call("presence.get", { userIds: asList(some) }).then(
        ({ body }) => this.act({ type: "presence-known", presence: body.data, before }),
        // Presence is a hint: without an answer nobody is shown as there.
        () => {
          for (const id of some) asked.delete(id);
          this.act({ type: "presence-known", presence: some.map((userId) => ({ userId })), before });
        },
      );
    }
  }

  /** Of whom one shares no chat with the events say nothing: who comes or goes is asked for anew. */
  #forgetPresence({ type, data }: LiveEvent): void {
    if (!MEETS.test(type)) return;
    if (type.startsWith("member.") && data.userId !== this.me) this.#presenceAsked.delete(String(data.userId));
    else this.#presenceAsked = new Set();
  }

  act(action: Action): void {
    const next = reduce(this.#state, action);
    const before = this.#state;
    if (action.type === "muted") this.inbox.count(); // also of a chat that is not here
    if (next === before) return;
    this.#state = next;
    // Who comes back into the chat starts anew.
    for (const [chatId, room] of this.#rooms) if (before.chats[chatId] && !next.chats[chatId]) room.close();
    if (next.chats !== before.chats) this.#takeOver?.settle();
    if (next.undeliverable !== before.undeliverable) this.#keepRefused(before);
    for (const listener of this.#listeners) tell(listener);
    this.#freshener.watch();
  }

  /** What was written to a chat that one was out of is the person's to send, after a reload too. */
  #keepRefused(before: State): void {
    const back = Object.keys(before.undeliverable).flatMap((id) => this.#state.chats[id]?.log.outbox ?? []);
    for (const { status, clientMessageId, reason } of back)
      if (status === "refused") void this.#box?.refused(clientMessageId, reason);
  }

  #goLive(cursor: string | undefined): void {
    const { baseUrl, tenantId, transports = standardTransports() } = this.#options;
    this.#live = new Live({
      ...{ baseUrl, tenantId, me: this.me, clientId: this.clientId, tokens: this.#tokens, transports },
      chatIds: () => Object.keys(this.#state.chats),
      onEvent: (event) => this.#apply(event),
      onResync: () => this.#reload(),
      onLink: (link) => this.#onLink(link),
      onNoToken: (error) => this.#tell(error),
      probe: () => this.api.call("events.list", {}, inTime()),
    });
    this.#live.cursor = cursor;
    if (this.#online) this.#live.start();
    else this.#live.stop();
  }

  #listen(how: "addEventListener" | "removeEventListener"): void {
    // React Native has a window, to which one cannot listen.
    if (typeof document === "undefined") return;
    const page: EventTarget = window;
    const tab: EventTarget = document;
    page[how]("online", this.#onLine);
    page[how]("offline", this.#offLine);
    page[how]("pagehide", this.#onPageHide);
    tab[how]("visibilitychange", this.#onLine);
  }

  readonly #onPageHide = () => {
    for (const room of this.#rooms.values()) room.leavePage();
  };

  readonly #onLine = () => {
    if (document.visibilityState !== "visible") return;
    if (this.#again === undefined) return this.#live?.retryNow();
    this.#failures = 0;
    void this.#start();
  };

  readonly #offLine = () => this.#live?.lost();

  #apply(event: LiveEvent): void {
    this.#forgetPresence(event);
    this.act({ type: "event", event, now: Date.now() });
    const { onEvent } = this.#options;
    for (const listener of onEvent ? [onEvent, ...this.#heard] : this.#heard) tell(() => listener(event));
    const { chatId, type } = event;
    // Also in a chat that is not open: the list says who types.
    if (type === "typing") setTimeout(() => this.act({ type: "tick", now: Date.now() }), TYPING_LASTS_MS + 50);
    const crowd = chatId === undefined ? 1 : (this.getState().chats[chatId]?.chat.memberCount ?? 100);
    if (COUNTED.test(type)) this.inbox.count(crowd);
    if (chatId !== undefined) this.#rooms.get(chatId)?.heard(event);
  }

  #onLink(link: Link): void {
    this.#presenceAsked = new Set();
    this.act({ type: "link", link });
    for (const room of this.#rooms.values()) room.onLink(link);
    if (link !== "live") return;
    this.#freshener.anew();
    this.#takeOver?.retryNow();
    this.inbox.count();
  }

  #signedOut(refusal: ParleyError): void {
    if (this.#live) this.#live.stop("signed-out");
    else this.act({ type: "link", link: "signed-out" });
    this.#tell(refusal.cause ?? refusal);
  }

  #tell(error: unknown): void {
    this.act({ type: "phase", phase: this.#state.phase, problem: sentenceOf(error) });
  }

  /** The events have a gap that the log cannot fill: everything shown is loaded again. */
  async #reload(): Promise<void> {
    const { cursor, list } = await this.#list();
    if (this.#live) this.#live.cursor ??= cursor;
    this.act({ type: "chats-reloaded", ...list });
    await this.#reloadShown();
  }

  async #reloadShown(): Promise<void> {
    await fewAtOnce([this.inbox, ...this.#rooms.values()].map((part) => () => part.reload()));
  }

  async #chatsPage(which: { limit: number; before?: string | undefined }, options?: CallOptions) {
    const answer = await this.api.call("chats.list", { ...which, people: true }, options);
    this.act({ type: "people-known", people: peopleOf(answer.body) });
    return answer;
  }

  /** As many of the newest chats as are here, and what was known before. */
  async #list() {
    const before = this.#state;
    const wanted = Math.max(CHATS_PAGE, Object.keys(before.chats).length);
    const limit = Math.min(LARGEST_PAGE, wanted);
    const ask = (before?: string) => this.#chatsPage({ limit, before }, inTime());
    const { body, cursor, userId } = await ask();
    const chats = body.data as Chat[];
    let more = nextOf(body);
    while (more !== null && chats.length < wanted) {
      const { body: page } = await ask(more);
      chats.push(...(page.data as Chat[]));
      more = nextOf(page);
    }
    // The later pages are newer than the cursor: what they know of already changes nothing when it comes as an event.
    return { cursor, userId, list: { chats, more, before } };
  }

  async #takeOverUnsent(): Promise<void> {
    const storage = this.#options.storage === undefined ? browserStorage() : this.#options.storage;
    if (this.#closed) return;
    const box = storage
      ? new UnsentBox(storage, { ...{ tenantId: this.tenantId, me: this.me }, clientId: this.clientId })
      : undefined;
    this.#box = box;
    for (const item of this.#written) void box?.keep(item.chatId, { ...outgoingOf(item), at: item.at });
    // What cannot be read of it stays where it is, for the next start.
    const left = (await box?.open().catch(() => undefined)) ?? [];
    // Closed meanwhile, and perhaps started again.
    if (this.#closed || this.#box !== box) return;
    const written = this.#written.filter((item) => !left.some((one) => one.clientMessageId === item.clientMessageId));
    this.#written = [];
    this.#takeOver = new TakeOver([...left, ...written], {
      ensureChat: (chatId) => this.#ensureChat(chatId),
      isHere: (chatId) => this.#state.chats[chatId] !== undefined,
      isOnline: () => this.#state.link !== "offline" && this.#state.link !== "signed-out",
      take: (item) => this.room(item.chatId).takeOver(outgoingOf(item)),
      strand: (item) => this.act({ type: "undeliverable", chatId: item.chatId, item: outgoingOf(item) }),
    });
    await this.#takeOver.start();
  }

  #sendLater(chatId: string, written: Outgoing): void {
    const item = { ...writtenOf(written), chatId, at: Date.now(), owner: this.clientId };
    if (this.#takeOver) this.#takeOver.add(item);
    else this.#written = [...this.#written, item];
  }

  /**
   * True once the chat is here, false once it is known to be gone; asks again where events have overtaken the answer.
   * @param anew does not believe what was known before: it may have been made since
   */
  async #ensureChat(chatId: string, anew = false): Promise<boolean | undefined> {
    for (let asks = anew; !this.#closed; asks = false) {
      if (this.#state.chats[chatId]) return true;
      if (this.#state.gone[chatId] && !this.#state.wanted[chatId] && !asks) return false;
      await this.loadChat(chatId);
    }
    return undefined;
  }

  /** Chats, people and lists of members that the events do not say enough of. */
  #stale(): Asking[] {
    const { chats, wanted, people } = this.#state;
    const known = Object.values(chats);
    const ids = new Set([...Object.keys(wanted), ...known.filter(({ stale }) => stale).map(({ chat }) => chat.id)]);
    const unnamed = known.filter((chat) => strangersOf(chat, people).length > 0).map(({ chat }) => chat.id);
    const lists = known.filter(({ membersStale, members }) => membersStale && members).map(({ chat }) => chat.id);
    return [
      ...[...ids].map((id): Asking => [id, () => this.loadChat(id, true)]),
      ...unnamed.map((id): Asking => [`${id}/people`, () => this.room(id).loadStrangers()]),
      ...lists.map((id): Asking => [`${id}/members`, () => this.room(id).loadMembers()]),
    ];
  }

  /** Asks for one chat's summary; one that is not this person's is `gone`. An answer that events have overtaken is asked for again. */
  loadChat(chatId: string, anew = false): Promise<void> {
    const running = this.#fetching.get(chatId);
    if (running || (!anew && this.#state.chats[chatId])) return running ?? Promise.resolve();
    const fetching = this.#fetch(chatId).finally(() => this.#fetching.delete(chatId));
    this.#fetching.set(chatId, fetching);
    return fetching;
  }

  async #fetch(chatId: string): Promise<void> {
    try {
      const before = this.#state;
      const { body } = await this.api.call("chats.get", { chatId }, inTime());
      if (!isOvertaken(before, this.#state, chatId)) this.act({ type: "chat-loaded", chat: body });
      // Of one that is busier than the line every answer is: it is shown all the same, and asked for again later.
      else if (isStillWanted(before, this.#state, chatId)) this.act({ type: "chat-loaded", chat: body, stale: true });
      else this.act({ type: "standing", chat: body });
    } catch (error) {
      if (!saysGone(error)) throw error;
      this.act({ type: "chat-gone", chatId });
    }
  }
}

/** What a listener of the app throws is the app's, as with a listener of the browser's: here everything goes on. */
function tell(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    if (typeof reportError === "function") reportError(error);
    else
      setTimeout(() => {
        throw error;
      });
  }
}

function outgoingOf({ refused, ...item }: Unsent): Outgoing {
  const written = writtenOf(item);
  return refused === undefined ? { ...written, status: "waiting" } : { ...written, status: "refused", reason: refused };
}
