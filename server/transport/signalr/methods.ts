import type { Logger } from "pino";
import type { Principal } from "../../auth/principal.ts";
import { DomainError, errorTable, toDomainError } from "../../errors.ts";
import { type Answer, execute } from "../../execute.ts";
import { newId } from "../../ids.ts";
import { fieldNamed, fieldsOf, readFields } from "../../input.ts";
import { hubMethodName, type Operation } from "../../operation.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import type { Services } from "../../services.ts";
import { isOffHub } from "./off-hub.ts";
import { streamEvents } from "./stream-events.ts";

/** Who invokes, as a call of an operation needs it. */
export interface Invoker {
  readonly principal: Principal;
  /** The page's own id, for calls that name none. */
  readonly clientId: string | undefined;
  readonly signal: AbortSignal;
  ip(): string;
}

interface Options {
  operations: readonly Operation[];
  services: Services;
  log: Logger;
  /** What streams of events read from. */
  realtime: Pick<Realtime, "subscribe" | "abandon">;
}

interface Method {
  operation: Operation;
  takesClientId: boolean;
}

/** How a method is called: with a completion, with a stream for an answer, or with a stream of the client's. */
export type MethodKind = "call" | "stream" | "upload";

/** The operation catalogue as hub methods, and the two that are streams. */
export class HubMethods {
  /** Calls under way. */
  active = 0;
  private readonly methods = new Map<string, Method>();
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
    for (const operation of options.operations) {
      if (isOffHub(operation)) continue;
      const takesClientId = fieldsOf(operation).includes("clientId");
      this.methods.set(hubMethodName(operation).toLowerCase(), { operation, takesClientId });
    }
  }

  kindOf(target: string): MethodKind | undefined {
    const name = target.toLowerCase();
    if (name === "subscribeevents") return "stream";
    if (name === "sendmessages") return "upload";
    return this.methods.has(name) ? "call" : undefined;
  }

  /** SubscribeEvents: the caller's events, one envelope an item. Throws DomainError. */
  stream(args: unknown[], invoker: Invoker): AsyncIterable<unknown> {
    return streamEvents(this.options, readArgument(args), invoker);
  }

  /** SendMessages: sends each item of an upload, in order. The argument holds fields that all of them have. Throws DomainError. */
  async upload(args: unknown[], items: AsyncIterable<unknown>, invoker: Invoker): Promise<{ sent: number }> {
    const shared = readArgument(args);
    let sent = 0;
    for await (const item of items) {
      await this.call("SendMessage", [overShared(shared, readArgument([item]))], invoker);
      sent++;
    }
    return { sent };
  }

  /** Runs an operation by the name of its method, in any letter case, and returns its answer's body. Throws DomainError. */
  async call(target: string, args: unknown[], invoker: Invoker): Promise<unknown> {
    const method = this.methods.get(target.toLowerCase());
    if (!method) throw new DomainError("not_found");
    this.active++;
    try {
      return (await this.execute(method, args, invoker)).body;
    } finally {
      this.active--;
    }
  }

  private execute(method: Method, args: unknown[], invoker: Invoker): Promise<Answer> {
    const { services, log } = this.options;
    const { principal, signal } = invoker;
    const fields = { ...readArgument(args) };
    // An exact name stands before another spelling, so the page's own may only be put where none is said.
    if (method.takesClientId) fields.clientId = fieldNamed(fields, "clientId") ?? invoker.clientId;
    return execute(method.operation, fields, {
      tenantId: principal.tenantId,
      principal,
      requestId: newId(),
      idempotencyKey: readIdempotencyKey(fieldNamed(fields, "idempotencyKey")),
      services,
      transport: "signalr",
      ip: invoker.ip() || undefined,
      log,
      signal,
    });
  }
}

/**
 * The text of a failed call: `code: title`, and behind it what the problem document says beyond the title, for there is nothing else a
 * hub could say it in. What is not meant for the caller stays here.
 */
export function errorText(error: unknown): string {
  const { code, face } = toDomainError(error);
  const faults = Object.entries(face.errors ?? {}).map(([field, texts]) => `${field}: ${texts.join("; ")}`);
  return [`${code}: ${errorTable[code].title}`, ...(face.detail ? [face.detail] : []), ...faults].join(". ");
}

/** One object with the fields of path, query and body; none at all is an empty one. */
function readArgument(args: unknown[]): Record<string, unknown> {
  const [only] = args;
  if (args.length > 1 || typeof (only ?? {}) !== "object" || Array.isArray(only)) {
    throw new DomainError("invalid", { detail: "A hub method takes one object" });
  }
  return readFields(only);
}

/** What an item says stands before what is said for all of them, however either spells it; `null` says nothing. */
function overShared(shared: Record<string, unknown>, item: Record<string, unknown>): Record<string, unknown> {
  const own = Object.entries(item).filter(([, value]) => value !== null && value !== undefined);
  const names = new Set(own.map(([key]) => key.toLowerCase()));
  const others = Object.entries(shared).filter(([key]) => !names.has(key.toLowerCase()));
  return Object.fromEntries([...others, ...own]);
}

function readIdempotencyKey(key: unknown): string | undefined {
  if (key === undefined || key === null) return undefined;
  if (typeof key === "string") return key;
  throw new DomainError("invalid", { errors: { idempotencyKey: ["must be a string"] } });
}
