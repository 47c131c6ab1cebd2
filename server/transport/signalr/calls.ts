import type { Principal } from "../../auth/principal.ts";
import { isRelieved, pressureBytes } from "../../realtime/connection.ts";
import { callTexts } from "./call-texts.ts";
import type { ClientMessage, Invocation, ServerMessage } from "./codec.ts";
import type { Link } from "./link.ts";
import { errorText, type HubMethods, type Invoker } from "./methods.ts";
import { Upload, UploadFailed } from "./upload.ts";

/** With more calls waiting than this, nothing more is read from the client, until half of them are done. */
const maxWaiting = 200;
/** Streams of one connection, of each direction. */
const maxStreams = 50;

/** The connection as its calls see it. */
export interface CallSite {
  readonly principal: Principal;
  readonly clientId: string | undefined;
  readonly link: Pick<Link, "ip">;
  readonly methods: HubMethods;
  /** How many calls run at once; streams do not count. */
  readonly parallel: number;
  answer(message: ServerMessage): void;
  /** Resolves when there is room for more; undefined when there is. `above` is how much may wait, in bytes, where that makes a difference. */
  pressure(above?: number): Promise<void> | undefined;
  disconnect(reason: "slow_consumer"): void;
  /** Stops and starts reading from the client. */
  pause(): void;
  resume(): void;
  /** Called when the last waiting call is done. */
  idle(): void;
}

interface Call extends Invocation {
  uploads: Map<string, Upload>;
  end: AbortController;
}

/** The calls of one connection: `parallel` at a time, begun in order; streams beside them. A connection that only listens has none. */
export class Calls {
  private waiting: Call[] = [];
  private running = 0;
  private streams = 0;
  private left = false;
  private started = false;
  /** Those not answered yet. */
  private readonly open = new Set<Call>();
  private readonly byId = new Map<string, Call>();
  private readonly uploads = new Map<string, Upload>();
  /** Why nothing is read. */
  private readonly pauses = new Set<unknown>();
  private readonly site: CallSite;

  constructor(site: CallSite) {
    this.site = site;
  }

  /** A client that waits for a stream says something meanwhile; one that waits for a call need not. */
  get busy(): boolean {
    return this.running > 0 || this.waiting.length > 0;
  }

  /** Begins to work calls off. */
  start(): void {
    this.started = true;
    const streams = this.waiting.filter(isStream);
    this.waiting = this.waiting.filter((call) => !isStream(call));
    for (const call of streams) void this.work(call);
    this.run();
  }

  invoke(invocation: Invocation): void {
    const { invocationId } = invocation;
    if (invocationId !== undefined && this.byId.has(invocationId)) {
      this.site.answer({ type: 3, invocationId, error: callTexts.idInUse(invocationId) });
      return;
    }
    const call: Call = { ...invocation, uploads: this.openUploads(invocation), end: new AbortController() };
    if (this.left) call.end.abort();
    this.open.add(call);
    if (invocationId !== undefined) this.byId.set(invocationId, call);
    if (this.started && isStream(call)) void this.work(call);
    else this.waiting.push(call);
    if (this.waiting.length > maxWaiting) this.pause(this);
    if (this.started) this.run();
  }

  /** An item of an upload. What belongs to none is passed over. */
  item({ invocationId, item }: Extract<ClientMessage, { type: 2 }>): void {
    const upload = this.uploads.get(invocationId);
    upload?.push(item);
    if (upload?.full) this.pause(upload);
  }

  hasUpload(id: string): boolean {
    return this.uploads.has(id);
  }

  /** The end of an upload. */
  completed({ invocationId, error }: Extract<ClientMessage, { type: 3 }>): void {
    this.uploads.get(invocationId)?.end(error);
    this.uploads.delete(invocationId);
  }

  /** What runs is ended, and answered with what it has come to; what waits is not begun. */
  cancel(invocationId: string): void {
    const call = this.byId.get(invocationId);
    call?.end.abort();
    const at = call ? this.waiting.indexOf(call) : -1;
    if (!call || at < 0) return;
    this.waiting.splice(at, 1);
    this.settle(call, { error: callTexts.canceled });
  }

  /** Nobody waits for an answer any more: what only waits is ended, what was asked for before is still done. */
  leave(): void {
    this.left = true;
    for (const { end } of this.open) end.abort();
    for (const upload of this.uploads.values()) upload.drop();
    this.uploads.clear();
  }

  /** Forgets what waits. */
  clear(): void {
    for (const call of this.waiting) this.open.delete(call);
    this.waiting = [];
    this.leave();
    this.unpause(this);
  }

  private run(): void {
    while (this.running < this.site.parallel) {
      const call = this.waiting.shift();
      if (!call) break;
      void this.work(call);
    }
    if (this.waiting.length <= maxWaiting / 2) this.unpause(this);
    if (!this.busy) this.site.idle();
  }

  /** Never rejects. */
  private async work(call: Call): Promise<void> {
    const stream = isStream(call);
    if (stream) this.streams++;
    else this.running++;
    this.settle(call, await this.outcomeOf(call));
    // The next is begun when the client has read enough of this one's answer.
    const pressure = stream ? undefined : this.site.pressure(pressureBytes);
    if (pressure && !(await isRelieved(pressure))) this.site.disconnect("slow_consumer");
    if (stream) this.streams--;
    else this.running--;
    this.run();
  }

  /** The completion of a call; none for one that asked for none (HubProtocol.md, "non-blocking"). */
  private settle(call: Call, answer: { result?: unknown; error?: string }): void {
    const { invocationId } = call;
    for (const [id, upload] of call.uploads) {
      upload.drop();
      if (this.uploads.get(id) === upload) this.uploads.delete(id);
    }
    this.open.delete(call);
    if (invocationId === undefined) return;
    this.byId.delete(invocationId);
    this.site.answer({ type: 3, invocationId, ...answer });
  }

  private async outcomeOf(call: Call): Promise<{ result?: unknown; error?: string }> {
    const { methods, principal, clientId, link } = this.site;
    const { type, target, arguments: args, uploads, end } = call;
    const fault = this.faultOf(call);
    if (fault !== undefined) return { error: fault };
    const invoker = { principal, clientId, signal: end.signal, ip: () => link.ip() };
    const [upload] = uploads.values();
    try {
      if (type === 4) return await this.stream(call, invoker);
      if (upload) return { result: await methods.upload(args, upload, invoker) };
      return { result: await methods.call(target, args, invoker) };
    } catch (error) {
      return { error: error instanceof UploadFailed ? callTexts.failed(target) : errorText(error) };
    }
  }

  /** What is wrong with a call before it is begun. */
  private faultOf({ type, target, streamIds = [], uploads }: Call): string | undefined {
    const kind = this.site.methods.kindOf(target);
    if (kind === undefined) return callTexts.unknown(target);
    if (type === 4 && kind !== "stream") return callTexts.notStreaming(target);
    if (type === 1 && kind === "stream") return callTexts.streaming(target);
    if (streamIds.length !== (kind === "upload" ? 1 : 0)) return callTexts.badArguments(target);
    const isTooMuch = uploads.size < streamIds.length || this.streams > maxStreams;
    return isTooMuch ? callTexts.tooManyStreams : undefined;
  }

  private async stream({ arguments: args, invocationId = "" }: Call, invoker: Invoker): Promise<object> {
    for await (const item of this.site.methods.stream(args, invoker)) {
      this.site.answer({ type: 2, invocationId, item });
      await this.site.pressure();
    }
    return {};
  }

  private openUploads({ streamIds = [] }: Invocation): Map<string, Upload> {
    const opened = new Map<string, Upload>();
    for (const id of streamIds) {
      if (this.uploads.size >= maxStreams || this.uploads.has(id)) break;
      const upload: Upload = new Upload(() => this.unpause(upload));
      opened.set(id, upload);
      if (this.left) upload.drop();
      else this.uploads.set(id, upload);
    }
    return opened;
  }

  private pause(reason: unknown): void {
    if (this.pauses.size === 0) this.site.pause();
    this.pauses.add(reason);
  }

  private unpause(reason: unknown): void {
    if (this.pauses.delete(reason) && this.pauses.size === 0) this.site.resume();
  }
}

function isStream({ type, streamIds = [] }: Invocation): boolean {
  return type === 4 || streamIds.length > 0;
}
