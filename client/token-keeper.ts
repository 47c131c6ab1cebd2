import { TokenError } from "./parley-error.ts";

/**
 * Gives the user's token. `start`: the first one. `expiring`: a fresh one is needed soon. `refused`: the service did not take the last.
 * Throw, or give the same again, when there is none. After 20 seconds nobody waits any longer, and it is asked again when one is needed.
 */
export type GetToken = (why: "start" | "expiring" | "refused") => string | Promise<string>;

const BEFORE_END_MS = 60_000;
/** Every call and the connection wait for it. */
const ANSWERS_WITHIN_MS = 20_000;
/** How long nobody is asked once more after what came was no better: the clock here may be wrong. Doubled each time. */
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 600_000;

/** One token at a time, renewed before it runs out; callers that ask at once share one renewal. */
export class TokenKeeper {
  readonly #get: GetToken;
  #token: string | undefined;
  #renewal: Promise<string> | undefined;
  /** How often the app was asked. */
  #asks = 0;
  /** No answer to an ask before this one is kept any more. */
  #keptFrom = 0;
  #rest = FIRST_REST_MS;
  #restUntil = 0;
  /** Of the first token, and so of all. */
  #user = "";
  readonly #isNamed: boolean;

  /** @param options.isNamed the user is known from elsewhere: the usual claims may say anything */
  constructor(get: GetToken, { isNamed = false } = {}) {
    this.#get = get;
    this.#isNamed = isNamed;
  }

  /**
   * Throws TokenError when there is none.
   * @param atOnce takes the one there is until its very end: nobody will be there to get another
   */
  current(atOnce = false): Promise<string> {
    if (this.#token === undefined) return this.#renew("start");
    const known = this.#token;
    if (isLasting(known, atOnce) || Date.now() < this.#restUntil) return Promise.resolve(known);
    // One that cannot be renewed serves to its end.
    return this.#renew("expiring").catch(() => known);
  }

  /** The next call asks for one anew. */
  forget(): void {
    // What was asked for before is of the old sign-in.
    if (this.#token !== undefined) this.#keptFrom = this.#asks + 1;
    this.#token = undefined;
  }

  /** A token that is not `refused`; undefined when the same comes again. Throws TokenError when none comes. */
  async other(refused: string): Promise<string | undefined> {
    const known = this.#token === refused ? undefined : this.#token;
    // While one is under way what is known may be a late one, and older than that.
    if (known !== undefined && this.#renewal === undefined) return known;
    const fresh = await this.#renew("refused").catch((error: unknown) => {
      if (known === undefined) throw error;
      return known;
    });
    return fresh === refused ? known : fresh;
  }

  /** Should the token be at its end indeed, the service says so, and then it is asked for at once. */
  #takeRest(): void {
    this.#restUntil = Date.now() + this.#rest;
    this.#rest = Math.min(LONGEST_REST_MS, this.#rest * 2);
  }

  /** What is under way of one person must not go out as another who has signed in since. */
  #keepUser(token: string): void {
    if (this.#isNamed) return;
    const user = userOf(token);
    if (this.#user !== "" && user !== "" && user !== this.#user)
      throw new Error("That is another person's; make a Parley for each person");
    this.#user ||= user;
  }

  #renew(why: Parameters<GetToken>[0]): Promise<string> {
    this.#renewal ??= inTime(this.#ask(why))
      .catch((error: unknown) => {
        if (why === "expiring") this.#takeRest();
        throw new TokenError(error);
      })
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }

  async #ask(why: Parameters<GetToken>[0]): Promise<string> {
    const ask = ++this.#asks;
    const token = await Promise.resolve().then(() => this.#get(why));
    if (!token) throw new Error("There is no token");
    this.#keepUser(token);
    // One that comes too late is good all the same, unless one that was asked for later is there by then.
    if (ask < this.#keptFrom) return token;
    this.#keptFrom = ask;
    this.#token = token;
    // What is kept as the first one may be old, and a fresh one is to be had.
    if (isLasting(token)) this.#rest = FIRST_REST_MS;
    else if (why !== "start") this.#takeRest();
    return token;
  }
}

function inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const tell = () => reject(new Error("The app did not answer in time"));
    timer = setTimeout(tell, ANSWERS_WITHIN_MS);
  });
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
}

/** Whether it is good for a while by the clock here; a short one for the last quarter of its time is not. */
function isLasting(token: string, toItsEnd = false): boolean {
  const { iat, exp } = readClaims(token);
  if (exp === undefined) return true;
  const ahead = Math.min(BEFORE_END_MS, iat === undefined ? BEFORE_END_MS : ((exp - iat) * 1_000) / 4);
  return exp * 1_000 - Date.now() > (toItsEnd ? 0 : ahead);
}

export interface Claims {
  sub?: string;
  userId?: string;
  tenantId?: string;
  iat?: number;
  exp?: number;
}

/** What a token says of itself, unverified: the service verifies. `{}` for what is no token. */
export function readClaims(token: string): Claims {
  try {
    const body = (token.split(".")[1] ?? "").replace(/-/gu, "+").replace(/_/gu, "/");
    const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
  } catch {
    return {};
  }
}

/** The user of a token, where its issuer names users as most do. */
export function userOf(token: string): string {
  const { sub, userId } = readClaims(token);
  return sub ?? userId ?? "";
}

/** Whose token it is, as far as that can be told apart without the service, which alone knows what a claim means. */
export function personOf(token: string): string {
  const { exp, iat, nbf, jti, ...lasting } = readClaims(token) as Record<string, unknown>;
  return userOf(token) || JSON.stringify(lasting);
}
