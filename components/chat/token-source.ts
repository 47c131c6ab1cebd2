import type { GetToken } from "../../client/token-keeper.ts";
import { personOf } from "../../client/token-keeper.ts";

const NEW_ONE_WITHIN_MS = 15_000;
/** So many refused answers in so long a time, in ms, and who gives them is not asked for more until it has passed again. */
const REFUSALS = 3;
const REFUSALS_WITHIN_MS = 60_000;
type MakeToken = (userId: string) => Promise<string | undefined>;
const another = "Somebody else is here now";
/**
 * What the app gave this document, by tenant: its other hosted page, and Back to the one before, go on with that. It is nowhere else,
 * and gone with the document.
 */
const handed = new Map<string, { token: string; acting: boolean }>();

/**
 * The token of a page that may stand in a frame of somebody else's app: from the address's fragment, from the frame around it, or from
 * whoever picks a person. Says `parley:ready` when it listens, `parley:token-expired` when it needs another and `parley:error` when it
 * asks for no more for now.
 */
export class TokenSource {
  readonly #listeners = new Set<() => void>();
  readonly #tenantId: string;
  readonly #anew: MakeToken | undefined;
  /** Whoever runs the tenant looks on as the person. */
  acting: boolean;
  #token: string | undefined;
  /** When somebody was asked for another because what they gave was refused. */
  #refusals: number[] = [];
  /** Nothing was given since the last refusal: that of the same token once more is nobody's fault. */
  #isCounted = false;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #close: () => void = () => {};

  /** @param options.isPicked whose page it is, is asked or known, whatever this document was given before */
  constructor(tenantId: string, { anew, isPicked = false }: { anew?: MakeToken | undefined; isPicked?: boolean } = {}) {
    this.#tenantId = tenantId;
    this.#anew = anew;
    const known = isPicked ? undefined : handed.get(tenantId);
    this.#token = known?.token;
    this.acting = known?.acting ?? false;
  }

  /** Takes the token out of the address, so that it is in no history and no copied link, and listens to the frame around. */
  open(): void {
    const fragment = new URLSearchParams(location.hash.slice(1));
    const given = fragment.get("token");
    if (given) {
      history.replaceState(history.state, "", location.pathname + location.search);
      this.acting = fragment.has("acting");
      this.#take(given);
    }
    const hear = ({ source, data }: MessageEvent) => {
      // Who may be around this page is the tenant's policy (frame-ancestors); nobody else is the parent.
      const isToken = source === window.parent && data?.type === "parley:token" && typeof data.token === "string";
      if (isToken) this.#take(data.token);
    };
    window.addEventListener("message", hear);
    this.#close = () => {
      window.removeEventListener("message", hear);
      clearTimeout(this.#rest);
    };
    tellFrame({ type: "parley:ready" });
  }

  close(): void {
    this.#close();
  }

  /** Of the app's, and nobody's who picked a person: of the demo's people the address says which. */
  #take(token: string): void {
    handed.set(this.#tenantId, { token, acting: this.acting });
    this.give(token);
  }

  /** The address of another hosted page, for a tab of its own: that has a memory of its own, and takes the token out again. */
  carry(href: string): string {
    if (this.#token === undefined) return href;
    return `${href}#${new URLSearchParams({ token: this.#token, ...(this.acting && { acting: "" }) })}`;
  }

  give(token: string): void {
    this.#token = token;
    this.#isCounted = false;
    for (const listener of this.#listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  current = (): string | undefined => this.#token;

  /**
   * Tokens of this person and of nobody else: what is under way of one whom another follows must not go out as that other. Rejects when
   * another is here by then.
   */
  tokensOf(userId: string): GetToken {
    return async (why) => {
      const known = this.#tokenOf(userId);
      if (why === "start" && known !== undefined) return known;
      const anew = await this.#anew?.(userId).catch(() => undefined);
      const given = this.#tokenOf(userId);
      if (anew) {
        if (given !== undefined) this.#token = anew;
        return anew;
      }
      if (given === undefined) throw new Error(another);
      if (given !== known) return given;
      if (why === "refused") this.#noteRefusal();
      return await this.#next(userId);
    };
  }

  /** An app that knows no better would answer for ever. Throws when it is to be left alone; it is told so once. */
  #noteRefusal(): void {
    const now = Date.now();
    this.#refusals = this.#refusals.filter((at) => now - at < REFUSALS_WITHIN_MS);
    if (this.#rest === undefined && this.#refusals.length >= REFUSALS) {
      tellFrame({ type: "parley:error", reason: "token_refused" });
      this.#rest = setTimeout(() => this.#askAgain(), REFUSALS_WITHIN_MS);
    }
    if (this.#rest !== undefined) throw new Error("The tokens that come are refused");
    if (!this.#isCounted) this.#refusals.push(now);
    this.#isCounted = true;
  }

  /** Nobody waits for it any more, but a token that comes is taken: the app's clock or keys may be right by now. */
  #askAgain(): void {
    this.#rest = undefined;
    this.#refusals = [];
    tellFrame({ type: "parley:token-expired" });
  }

  #tokenOf(userId: string): string | undefined {
    return this.#token !== undefined && personOf(this.#token) === userId ? this.#token : undefined;
  }

  /** The next token of this person that the frame around gives; rejects where there is none, it does not for a while, or it is another's. */
  async #next(userId: string): Promise<string> {
    if (!isFramed()) throw new Error("No new token came");
    const next = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(new Error("No new token came"));
      }, NEW_ONE_WITHIN_MS);
      const stop = this.subscribe(() => {
        clearTimeout(timer);
        stop();
        const given = this.#tokenOf(userId);
        if (given === undefined) reject(new Error(another));
        else resolve(given);
      });
    });
    tellFrame({ type: "parley:token-expired" });
    return next;
  }
}

/** Words to the app around this page. They hold no secret, and who that app may be the page cannot know. */
export function tellFrame(message: { type: string; count?: number; reason?: "token_refused" }): void {
  if (isFramed()) window.parent.postMessage(message, "*");
}

function isFramed(): boolean {
  return window.parent !== window;
}
