import type { Logger } from "pino";
import { z } from "zod";
import type { Principal, TenantId } from "./auth/principal.ts";
import type { ConsoleScope } from "./auth/roles.ts";
import type { Scope } from "./auth/scopes.ts";
import type { ErrorCode } from "./errors.ts";
import type { HeldAnswer, IdempotentCall } from "./persistence/idempotency.ts";
import type { Services } from "./services.ts";

/**
 * Who may call.
 * - `anyone`: no credential
 * - `user`: a user's token, or a key that acts as a user
 * - `user-or-key`: a user, or a key on its own
 * - `admin`: a key, a token with the Admin group, or an operator; a key needs the scope either way
 * - `key`: keys only
 * - `installation`: the key of the whole installation, or its owner's console session
 * - `person`: whoever is signed in to the console
 * - `internal`: the service's own pages, on behalf of somebody who signs in
 */
export type Caller = "anyone" | "user" | "user-or-key" | "admin" | "key" | "installation" | "person" | "internal";

export interface Access {
  caller: Caller;
  scope?: Scope;
  /** What an operator's role must hold for an admin call: `admin:read` for queries and `admin:write` for mutations unless told. */
  console?: ConsoleScope;
  /** Also at a suspended tenant, for `anyone`: what it has sent already can be unsubscribed from, and comes back. */
  evenSuspended?: true;
  /** A console session must have shown its password or code within the last minutes. */
  sudo?: boolean;
}

export interface HttpBinding {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below /tenant/{tenantId}/v1; `{name}` binds a path part to an input field. */
  path: string;
  /** The path is the whole address: calls that are not of one tenant. */
  root?: boolean;
  /** Of a first answer; 200 unless told. */
  status?: 200 | 201;
  /** Answers 200 where what it would make is there already. */
  finds?: true;
  /** Further addresses of the same call, with their method. */
  also?: { method: HttpBinding["method"]; path: string }[];
  /** Other spellings of input fields that clients use. */
  aliases?: Record<string, string>;
  /** A larger body than calls have commonly, in bytes. */
  bodyBytes?: number;
  /** The body is read as JSON whatever its type says: Amazon SNS calls it text/plain. */
  anyType?: boolean;
  /** Header → input field; of `authorization` the password of Basic */
  headers?: Record<string, string>;
  /** Body fields that clients put into the address, beside the client id. */
  inQuery?: string[];
  /** A form is taken as well as JSON. */
  form?: boolean;
  /** Headers of its own that its answer carries. */
  says?: ("X-Event-Cursor" | "X-User-Id")[];
  /** Who asks with `Accept: text/event-stream` is answered by a stream that goes on. */
  streams?: true;
}

export interface Call {
  tenantId: TenantId;
  principal: Principal;
  requestId: string;
  idempotencyKey?: string | undefined;
  services: Services;
  log: Logger;
  /** What the call came by. */
  transport: "rest" | "trpc" | "signalr";
  /** The caller's address, where one is known. */
  ip?: string | undefined;
  /** Ends when the caller goes away. */
  signal?: AbortSignal | undefined;
  /** Set where others may want its place. */
  standAside?: StandAside | undefined;
}

/** Waits without a place among the calls that run. For a call that has done nothing yet. Throws what the wait throws, and where it may not go on after it. */
export type StandAside = <T>(wait: () => Promise<T>) => Promise<T>;

/** What the audit log shows of a change beside what was asked for. */
export interface AuditDetail {
  /** As `field:id`; the first id in the address unless told. */
  target?: string;
  before?: unknown;
  after?: unknown;
}

export interface Context extends Call {
  /** Filled in by administrators' changes that know what was there before. */
  audit?: AuditDetail | undefined;
  /** Set when the call carries an idempotency key; handed to the unit of work that does what the call asks. */
  idempotent?: IdempotentCall | undefined;
  /** What an answer over HTTP carries beside its body; other transports ignore it. */
  reply: {
    status?: 200 | 201;
    headers: Record<string, string>;
    /** For how long it waited because the caller wanted it to, in ms: no measure of the service. */
    waitedMs?: number;
  };
}

export interface Definition<I extends z.ZodType, O extends z.ZodType> {
  /** noun.verb */
  name: `${string}.${string}`;
  summary: string;
  http: HttpBinding;
  access: Access;
  input: I;
  /** The presenter, the documented answer and the leak guard. */
  output: O;
  errors?: ErrorCode[];
  /** Sends hold their idempotency key in the send itself, and wait instead of answering 409. */
  ownIdempotency?: boolean;
  /** Whether a call of it only looks what it would do: nothing is changed then, and nothing noted in the audit log. */
  isDryRun?(input: z.output<I>): boolean;
  /** Input fields that are said to or of people: the audit log, which outlives them, notes that they were given and not what they say. */
  personal?: readonly string[];
  /** The answer holds a secret: while an idempotency key keeps it, it is sealed. */
  secretAnswer?: boolean;
  handle(ctx: Context, input: z.output<I>): Promise<z.input<O> | HeldAnswer>;
}

export interface Operation<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  K extends "query" | "mutation" = "query" | "mutation",
> extends Definition<I, O> {
  kind: K;
}

/** An operation that changes nothing. */
export function query<I extends z.ZodType, O extends z.ZodType>(
  definition: Definition<I, O>,
): Operation<I, O, "query"> {
  return { kind: "query", ...definition };
}

/** An operation that changes something. */
export function mutation<I extends z.ZodType, O extends z.ZodType>(
  definition: Definition<I, O>,
): Operation<I, O, "mutation"> {
  return { kind: "mutation", ...definition };
}

/** Whether an idempotency key counts for calls of it: of a POST, and of what is written under a condition, where one is set. */
export function canTakeKey({ http, input }: Pick<Operation, "http" | "input">): boolean {
  return http.method === "POST" || (input instanceof z.ZodObject && "onlyNew" in input.shape);
}

/** The operation's name as a SignalR hub method: messages.send → SendMessage, chats.list → ListChats, chats.setNotifications → SetChatNotifications. */
export function hubMethodName(operation: Pick<Operation, "name">): string {
  const [noun = "", verb = ""] = operation.name.split(".");
  const [, first = "", rest = ""] = /^([a-z]+)(.*)$/.exec(verb) ?? [];
  const one = first === "list" && rest === "" ? noun : singular(noun);
  return pascal(first) + pascal(one) + rest;
}

/** One of them: deliveries → delivery, batches → batch, statuses → status. Preferences are read and written as a whole. */
function singular(noun: string): string {
  if (noun === "preferences") return noun;
  return noun.replace(/ies$|(?<=ch|sh|x|us|ss)es$|(?<!s)s$/, (end) => (end === "ies" ? "y" : ""));
}

function pascal(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
