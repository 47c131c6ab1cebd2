import { type Hub, type Link, openHub } from "./hub.ts";
import { hasHole, type LogAction, readableMessages, reduceLog } from "./message-log.ts";
import { Outbox } from "./outbox.ts";
import { ReadPosition } from "./read-position.ts";
import { type ChatApi, chatApi, Refused, tenantAddress } from "./rest.ts";
import {
  applyEvent,
  emptyRoom,
  type Room,
  TYPING_LASTS_MS,
  withMembers,
  withoutStaleTyping,
  withPresence,
} from "./room.ts";
import type { DemoUser, MessagingEvent, Presence } from "./types.ts";
import type { Wire } from "./wire.ts";

const PAGE = 30;
const TYPING_EVERY_MS = 3_000;
const HOLE_PATIENCE_MS = 1_000;

export interface SessionOptions {
  tenantId: string;
  chatId: string;
  user: DemoUser;
  wire: Wire;
}

/** One person at one page: an own token, an own client id, an own connection. Read with `useSyncExternalStore`. */
export class Session {
  readonly user: DemoUser;
  readonly clientId = crypto.randomUUID();
  readonly outbox: Outbox;
  readonly #options: SessionOptions;
  readonly #api: ChatApi;
  readonly #read: ReadPosition;
  readonly #listeners = new Set<() => void>();
  #room: Room;
  #hub: Hub | undefined;
  #closed = false;
  #cursor: string | undefined;
  #typedAt = 0;
  #holeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SessionOptions) {
    const { tenantId, chatId, user } = options;
    this.#options = options;
    this.user = user;
    this.#room = emptyRoom(user.userId);
    this.#api = chatApi(tenantId, user.token, (call) => options.wire.sawCall(user, call));
    this.#read = new ReadPosition((seq) => this.#api.moveRead(chatId, seq));
    this.outbox = new Outbox({
      isOnline: () => this.#room.link !== "offline",
      items: () => this.#room.log.outbox,
      send: ({ content, clientMessageId }) =>
        this.#api.sendMessage(chatId, { content, clientMessageId, clientId: this.clientId }),
      act: (action) => this.#act(action),
    });
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  getRoom = () => this.#room;

  /** Loads, then listens from the position the load was true at. */
  async open(): Promise<void> {
    this.#set({ phase: "loading" });
    try {
      await this.#loadNewest();
      const hub = await this.#openHub();
      if (this.#closed) return;
      this.#hub = hub;
      await Promise.all([this.#loadMembers(), hub.start()]);
      this.#set({ phase: "ready" });
    } catch (error) {
      this.#set({ phase: "failed", problem: sentenceOf(error) });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#holeTimer);
    this.outbox.close();
    this.#read.close();
    await this.#hub?.stop();
  }

  async setOnline(online: boolean): Promise<void> {
    await (online ? this.#hub?.start() : this.#hub?.stop());
  }

  typing(): void {
    if (this.#room.link !== "live" || Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    // Typing is worth one try: it is stale before a second one could arrive.
    this.#hub?.invoke("SendTyping", { chatId: this.#options.chatId }).catch(ignoreStale);
  }

  /** Call when the person has the newest message before them. */
  readToEnd(): void {
    const { log, reads } = this.#room;
    const seq = readableMessages(log).at(-1)?.seq ?? 0;
    if (seq <= (reads[log.me] ?? 0)) return;
    this.#set({ reads: { ...reads, [log.me]: seq } });
    this.#read.moveTo(seq);
  }

  async loadEarlier(): Promise<void> {
    const { earlier } = this.#room;
    if (earlier === null) return;
    const page = await this.#api.listMessages(this.#options.chatId, PAGE, earlier);
    this.#act({ type: "loaded-earlier", page: page.data });
    this.#set({ earlier: page.nextCursor ?? null });
  }

  async #loadNewest(): Promise<void> {
    const page = await this.#api.listMessages(this.#options.chatId, PAGE);
    this.#act({ type: "loaded", page: page.data });
    const goesDeeper = (this.#room.log.from ?? 1) < (page.data.at(-1)?.seq ?? 1);
    if (!goesDeeper) this.#set({ earlier: page.nextCursor ?? null });
    this.#cursor ??= page.eventCursor;
  }

  async #loadMembers(): Promise<void> {
    const members = await this.#api.listMembers(this.#options.chatId);
    this.#room = withMembers(this.#room, members.data);
    this.#set({});
  }

  #openHub(): Promise<Hub> {
    const { tenantId, user } = this.#options;
    const query = `clientId=${this.clientId}&payload=full&events=all`;
    return openHub({
      address: (since) =>
        `${tenantAddress(tenantId)}/hub?${query}${since ? `&since=${encodeURIComponent(since)}` : ""}`,
      token: user.token,
      since: () => this.#cursor,
      onEvent: (event) => this.#onEvent(event),
      onLink: (link) => this.#onLink(link),
    });
  }

  #onLink(link: Link): void {
    this.#set({ link });
    if (link !== "live") return;
    void this.outbox.flush();
    this.#read.resend();
    this.#loadPresence().catch(ignoreStale);
  }

  async #loadPresence(): Promise<void> {
    const { chatId } = this.#options;
    const answer = await this.#hub?.invoke<{ data: Presence[] }>("GetPresence", { chatId });
    this.#room = withPresence(this.#room, answer?.data ?? []);
    this.#set({});
  }

  #onEvent(event: MessagingEvent): void {
    this.#options.wire.sawEvent(this.user, event);
    if (event.eventId) this.#cursor = event.eventId;
    if (event.type === "Resync") this.#reload();
    const aboutOtherChat = event.parentId !== undefined && event.parentId !== this.#options.chatId;
    if (aboutOtherChat) return;
    this.#room = applyEvent(this.#room, event, Date.now());
    if (event.type === "Typing") setTimeout(() => this.#dropStaleTyping(), TYPING_LASTS_MS);
    this.#set({});
  }

  #dropStaleTyping(): void {
    this.#room = withoutStaleTyping(this.#room, Date.now());
    this.#set({});
  }

  #act(action: LogAction): void {
    this.#set({ log: reduceLog(this.#room.log, action) });
  }

  #set(part: Partial<Room>): void {
    this.#room = { ...this.#room, ...part };
    for (const listener of this.#listeners) listener();
    this.#watchForHole();
  }

  /** A hole is normally an own send whose answer is under way; if it stays, the newest page has what is missing. */
  #watchForHole(): void {
    if (!hasHole(this.#room.log)) {
      clearTimeout(this.#holeTimer);
      this.#holeTimer = undefined;
    } else if (!this.#closed) {
      this.#holeTimer ??= setTimeout(() => this.#reload(), HOLE_PATIENCE_MS);
    }
  }

  #reload(): void {
    this.#holeTimer = undefined;
    this.#loadNewest().catch((error) => this.#set({ problem: sentenceOf(error) }));
  }
}

export function sentenceOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  return "The service did not answer.";
}

function ignoreStale(): void {}
