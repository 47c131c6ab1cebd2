import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { createTRPCUntypedClient, httpLink, TRPCClientError } from "@trpc/client";
import { type ErrorCode, errorTable, type Problem } from "../../errors.ts";
import { hubMethodName, type Operation } from "../../operation.ts";
import { consoleHeaders } from "../console.ts";
import { type PlainAnswer, type PlainCall, plainCall } from "../plain-call.ts";
import type { Credential, Side } from "./world.ts";

export const transportNames = ["rest", "trpc", "signalr"] as const;
export type TransportName = (typeof transportNames)[number];

/** What came of a call: the same in any transport's words. */
export interface Outcome {
  status: number;
  /** `ok`, or the code of the error. */
  code: string;
  body?: unknown;
  problem?: Problem;
  headers?: Headers;
}

export interface CallOptions {
  idempotencyKey?: string;
  /** Sent in place of the fields that belong into a body; REST only. */
  body?: unknown;
}

export interface Transport {
  name: TransportName;
  call(operation: Operation, input: Record<string, unknown>, as: Credential, options?: CallOptions): Promise<Outcome>;
  close(): Promise<void>;
}

/** The three transports at one tenant's address, each through the client that people use for it. */
export function openTransports(side: Pick<Side, "url" | "tenantId">): Record<TransportName, Transport> {
  return { rest: openRest(side), trpc: openTrpc(side), signalr: openSignalr(side) };
}

function headersOf({ bearer, apiKey, actAs, session }: Credential): Record<string, string> {
  return {
    ...(session === undefined ? {} : consoleHeaders(session)),
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    ...(apiKey === undefined ? {} : { "x-api-key": apiKey }),
    ...(actAs === undefined ? {} : { "x-act-as-user": actAs }),
  };
}

/** The address and body of a call, as its binding says. */
export function restRequest({ http }: Operation, tenantId: string, input: Record<string, unknown>) {
  const rest = { ...input };
  const path = http.path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = rest[field];
    delete rest[field];
    return encodeURIComponent(String(value));
  });
  const base = http.root ? path : `/tenant/${tenantId}/v1${path}`;
  if (http.method !== "GET" && http.method !== "DELETE") return { path: base, body: JSON.stringify(rest) };
  const query = new URLSearchParams(Object.entries(rest).map(([name, value]) => [name, String(value)]));
  return { path: query.size > 0 ? `${base}?${query}` : base };
}

function openRest({ url, tenantId }: Pick<Side, "url" | "tenantId">): Transport {
  return {
    name: "rest",
    async call(operation, input, as, { idempotencyKey, body: other } = {}) {
      const { path, body: fields } = restRequest(operation, tenantId, input);
      const body = other === undefined ? fields : JSON.stringify(other);
      const headers = headersOf(as);
      if (body !== undefined) headers["content-type"] = "application/json";
      if (idempotencyKey !== undefined) headers["idempotency-key"] = idempotencyKey;
      return readAnswer(await plainCall(url + path, { method: operation.http.method, headers, body }));
    },
    async close() {},
  };
}

async function readAnswer(answer: PlainAnswer): Promise<Outcome> {
  const { status } = answer;
  const body: unknown = await answer.json();
  const problem = body as Problem;
  return {
    status,
    ...(status < 400 ? { code: "ok", body } : { code: problem.code, problem }),
    get headers() {
      return answer.headers;
    },
  };
}

function openTrpc({ url, tenantId }: Pick<Side, "url" | "tenantId">): Transport {
  return {
    name: "trpc",
    async call({ name, kind }, input, as, { idempotencyKey } = {}) {
      const headers = { ...headersOf(as), "x-tenant-id": tenantId };
      const methodOverride = isLong(input) ? "POST" : undefined;
      const client = createTRPCUntypedClient({
        links: [httpLink({ url: `${url}/api/trpc`, headers, methodOverride, fetch: plainFetch })],
      });
      const fields = idempotencyKey === undefined ? input : { ...input, idempotencyKey };
      try {
        return { status: 200, code: "ok", body: await client[kind](name, fields) };
      } catch (error) {
        if (!(error instanceof TRPCClientError) || !error.data) throw error;
        const { problem, httpStatus } = error.data as { problem: Problem; httpStatus: number };
        return { status: httpStatus, code: problem.code, problem };
      }
    },
    async close() {},
  };
}

function plainFetch(url: RequestInfo | URL, init?: unknown) {
  return plainCall(String(url), init as PlainCall);
}

/** Longer than an address may be. */
function isLong(input: unknown): boolean {
  return JSON.stringify(input).length > 4000;
}

const codeOfTitle = new Map(Object.entries(errorTable).map(([code, { title }]) => [title as string, code]));

/** One connection a credential; one that is refused stays refused. */
function openSignalr({ url, tenantId }: Pick<Side, "url" | "tenantId">): Transport {
  const connections = new Map<string, Promise<HubConnection | Outcome>>();
  const connectionFor = (as: Credential) => {
    const key = JSON.stringify(as);
    const open = connections.get(key) ?? connect(`${url}/tenant/${tenantId}/v1/hub`, as);
    connections.set(key, open);
    return open;
  };
  return {
    name: "signalr",
    async call(operation, input, as, { idempotencyKey } = {}) {
      const connection = await connectionFor(as);
      if ("code" in connection) return connection;
      const fields = idempotencyKey === undefined ? input : { ...input, idempotencyKey };
      try {
        return { status: 200, code: "ok", body: await connection.invoke(hubMethodName(operation), fields) };
      } catch (error) {
        const { message } = error as Error;
        const code = message.includes("Unknown hub method") ? "not_found" : /^([a-z_-]+): /.exec(message)?.[1];
        if (!code || !(code in errorTable)) throw error;
        return { status: errorTable[code as ErrorCode].status, code };
      }
    },
    async close() {
      for (const open of connections.values()) {
        const connection = await open;
        if (!("code" in connection)) await connection.stop();
      }
    },
  };
}

async function connect(url: string, as: Credential): Promise<HubConnection | Outcome> {
  const { bearer, ...others } = as;
  const connection = new HubConnectionBuilder()
    .withUrl(url, {
      transport: HttpTransportType.WebSockets,
      headers: headersOf(others),
      ...(bearer === undefined ? {} : { accessTokenFactory: () => bearer }),
    })
    .configureLogging(LogLevel.None)
    .build();
  try {
    await connection.start();
    return connection;
  } catch (error) {
    // The stock client shows what negotiate said: `title[: detail]: Status code '401'`.
    const [, said = "", status] = /server: Error: (.*): Status code '(\d+)'/s.exec((error as Error).message) ?? [];
    const code = codeOfTitle.get(said) ?? codeOfTitle.get(said.split(": ", 1)[0] ?? "");
    if (!code) throw error;
    return { status: Number(status), code };
  }
}
