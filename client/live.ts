import type { TokenError } from "./parley-error.ts";
import type { Link } from "./state.ts";
import type { TokenKeeper } from "./token-keeper.ts";
import type { Connecting, Connection, Transport } from "./transport.ts";
import type { LiveEvent } from "./types.ts";

const FIRST_DELAY_MS = 400;
const LONGEST_DELAY_MS = 15_000;
const OPENS_WITHIN_MS = 10_000;
/** How long a makeshift serves before the first transport is tried again; doubled each time that does not open. */
const BETTER_AFTER_MS = 60_000;
const BETTER_AT_LAST_MS = 30 * 60_000;

export interface LiveOptions extends Pick<Connecting, "baseUrl" | "tenantId" | "me" | "clientId" | "chatIds"> {
  tokens: TokenKeeper;
  /** Taken in turn while none of them opens. */
  transports: readonly Transport[];
  onEvent: (event: LiveEvent) => void;
  /** The log cannot be followed from where this page was. */
  onResync: () => Promise<void>;
  onLink: (link: Link) => void;
  /** There is no token to connect with; it is asked for again. */
  onNoToken: (error: TokenError) => void;
  /** Asked when nothing opens: throws when the service refuses the token. */
  probe: () => Promise<unknown>;
}

/** One live connection that goes on where it stopped, whatever carries it, and never gives up until it is told to, here or by the service. */
export class Live {
  readonly #options: LiveOptions;
  /** The last event that was applied. */
  cursor: string | undefined;
  #connection: Connection | undefined;
  #attempt = 0;
  #failures = 0;
  #betterAfter = BETTER_AFTER_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wanted = false;
  /** What is shown has a gap until it has been loaded anew, however many tries that takes. */
  #hasGap = false;
  #transports: readonly Transport[];

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#transports = options.transports;
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#options.onLink("connecting");
    void this.#connect();
  }

  stop(link: Link = "offline"): void {
    this.#wanted = false;
    this.#drop();
    this.#options.onLink(link);
  }

  /** At once instead of after the pause: the line is back, or somebody wants to know. */
  retryNow(): void {
    if (!this.#wanted || this.#connection) return;
    this.#failures = 0;
    void this.#connect();
  }

  /** The line is gone; the socket may not know it yet. */
  lost(): void {
    if (!this.#wanted) return;
    this.#drop();
    this.#again();
  }

  /** Goes on over another transport, from the same place. */
  use(transports: readonly Transport[]): void {
    this.#transports = transports;
    this.#betterAfter = BETTER_AFTER_MS;
    if (!this.#wanted) return;
    this.#drop();
    this.#failures = 0;
    this.#options.onLink("connecting");
    void this.#connect();
  }

  /** Once, for the makeshift serves nobody meanwhile. */
  #tryBetter(): void {
    this.#drop();
    this.#betterAfter = Math.min(BETTER_AT_LAST_MS, this.#betterAfter * 2);
    const [first] = this.#transports;
    this.#failures = first ? this.#transports.lastIndexOf(first) : 0;
    this.#options.onLink("connecting");
    void this.#connect();
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    const attempt = ++this.#attempt;
    const isCurrent = () => attempt === this.#attempt && this.#wanted;
    const { tokens, onEvent, onLink, onNoToken, baseUrl, tenantId, me, clientId, chatIds } = this.#options;
    const token = await tokens.current().catch((error: TokenError) => {
      if (isCurrent()) onNoToken(error);
      return undefined;
    });
    if (!isCurrent()) return;
    if (token === undefined) return this.#again();
    if (this.#hasGap) {
      const isLoaded = await this.#options.onResync().then(
        () => true,
        () => false,
      );
      // Whoever was signed out over it, or went, is not connecting.
      if (!isCurrent()) return;
      if (!isLoaded) return this.#again();
      this.#hasGap = false;
    }
    const transport = this.#transports[this.#failures % this.#transports.length];
    const ifCurrent =
      <Args extends unknown[]>(act: (...args: Args) => void) =>
      (...args: Args) => {
        if (isCurrent()) act(...args);
      };
    this.#timer = setTimeout(
      ifCurrent(() => this.lost()),
      OPENS_WITHIN_MS,
    );
    this.#connection = transport?.({
      ...{ baseUrl, tenantId, me, clientId, chatIds, token, since: this.cursor },
      onOpen: ifCurrent(() => {
        clearTimeout(this.#timer);
        this.#failures = 0;
        if (transport === this.#transports[0]) this.#betterAfter = BETTER_AFTER_MS;
        else
          this.#timer = setTimeout(
            ifCurrent(() => this.#tryBetter()),
            this.#betterAfter,
          );
        onLink("live");
      }),
      onEvent: ifCurrent((event: LiveEvent) => {
        onEvent(event);
        if (event.eventId) this.cursor = event.eventId;
      }),
      onPosition: ifCurrent((eventId: string) => {
        this.cursor = eventId;
      }),
      onResync: ifCurrent((eventId: string) => this.#resync(eventId)),
      onClose: ifCurrent((again = true) => (again ? this.#again() : void this.#stayAway(token))),
    });
  }

  /** With a place to go on from the connection goes on; without one it begins anew where the load was true. */
  #resync(eventId: string): void {
    this.#hasGap = true;
    if (eventId === "") {
      this.#drop();
      this.cursor = undefined;
      this.#options.onLink("reconnecting");
      void this.#connect();
      return;
    }
    this.cursor = eventId;
    const attempt = this.#attempt;
    const ifCurrent = (act: () => void) => () => {
      if (attempt === this.#attempt) act();
    };
    this.#options.onResync().then(
      ifCurrent(() => {
        this.#hasGap = false;
      }),
      ifCurrent(() => this.lost()),
    );
  }

  /** The service wants nobody back with this token. Where it does not take that any more there may be another. */
  async #stayAway(token: string): Promise<void> {
    clearTimeout(this.#timer);
    const attempt = this.#attempt;
    this.#options.onLink("reconnecting");
    await this.#options.probe().catch(() => undefined);
    const newest = await this.#options.tokens.current().catch(() => token);
    if (attempt !== this.#attempt || !this.#wanted) return;
    if (newest === token) this.stop();
    else this.#again();
  }

  #again(): void {
    this.#connection = undefined;
    clearTimeout(this.#timer);
    this.#options.onLink("reconnecting");
    this.#failures++;
    this.#timer = setTimeout(() => void this.#connect(), pauseAfter(this.#failures));
    // A browser does not say why a socket was refused; a call does.
    if (this.#failures % 2 === 0) this.#options.probe().catch(() => undefined);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#attempt++;
    this.#connection?.close();
    this.#connection = undefined;
  }
}

/** Jitter, so that the clients of a restarted service do not all come back at once. */
export function pauseAfter(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}
