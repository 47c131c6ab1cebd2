import type { Chat, Demo, Member, Message } from "./types.ts";

/** The service answered, and the answer was no. */
export class Refused extends Error {
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, sentence: string, retryAfterMs?: number) {
    super(sentence);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** 429 and 5xx pass by themselves: the same call with the same id may succeed later. */
  get passing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

export interface Page<Item> {
  data: Item[];
  nextCursor?: string | null;
  /** The position in the tenant's log at which this page is true: subscribe from here and there is no hole. */
  eventCursor: string | undefined;
}

export interface Call {
  method: string;
  path: string;
  status: number;
  ms: number;
}

export interface ChatApi {
  listChats(): Promise<Page<Chat>>;
  listMembers(chatId: string): Promise<Page<Member>>;
  listMessages(chatId: string, limit: number, before?: string): Promise<Page<Message>>;
  sendMessage(
    chatId: string,
    message: { content: string; clientId: string; clientMessageId: string },
  ): Promise<Message>;
  moveRead(chatId: string, seq: number): Promise<void>;
}

export function tenantAddress(tenantId: string): string {
  return `${location.origin}/tenant/${encodeURIComponent(tenantId)}/v1`;
}

/** The public REST API as one person. Throws `Refused` for an answer that is not 2xx, `TypeError` when there is none. */
export function chatApi(tenantId: string, token: string, onCall: (call: Call) => void = () => {}): ChatApi {
  const base = tenantAddress(tenantId);
  const authorization = `Bearer ${token}`;

  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization, ...(init.body ? { "content-type": "application/json" } : {}) };
    const started = performance.now();
    const response = await fetch(base + path, { ...init, headers });
    onCall({ method: init.method ?? "GET", path, status: response.status, ms: performance.now() - started });
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async function page<Item>(path: string): Promise<Page<Item>> {
    const response = await call(path);
    return { ...(await response.json()), eventCursor: response.headers.get("x-event-cursor") ?? undefined };
  }

  return {
    listChats: () => page("/Chat?pageSize=50"),
    listMembers: (chatId) => page(`/Chat/${chatId}/members?expand=true&pageSize=50`),
    listMessages: (chatId, limit, before) =>
      page(`/Chat/${chatId}/messages?limit=${limit}${before ? `&before=${encodeURIComponent(before)}` : ""}`),
    sendMessage: async (chatId, message) =>
      (await call(`/Chat/${chatId}/messages`, { method: "POST", body: JSON.stringify(message) })).json(),
    moveRead: async (chatId, seq) => {
      await call(`/Chat/${chatId}/read`, { method: "PUT", body: JSON.stringify({ seq }) });
    },
  };
}

/** The demo's people, or null where the demo is off or the caller is not on this machine. */
export async function loadDemo(signal: AbortSignal): Promise<Demo | null> {
  const response = await fetch(`${tenantAddress("demo")}/demo`, { signal });
  // Pages served without the API in front answer 404 in HTML; that is not an answer of the service.
  if ([401, 403, 404].includes(response.status) && isJson(response)) return null;
  if (!response.ok || !isJson(response)) throw await refusal(response);
  return response.json();
}

async function refusal(response: Response): Promise<Refused> {
  const problem = isJson(response) ? await response.json() : {};
  const sentence = problem.detail ?? problem.title ?? `The service answered ${response.status}.`;
  const seconds = Number(response.headers.get("retry-after"));
  return new Refused(response.status, sentence, seconds > 0 ? seconds * 1_000 : undefined);
}

function isJson(response: Response): boolean {
  return /json/u.test(response.headers.get("content-type") ?? "");
}
