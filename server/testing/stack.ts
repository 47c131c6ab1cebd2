import { tmpdir } from "node:os";
import { type Api, startApi } from "../api.ts";
import type { Config } from "../config/config.ts";
import { createTenant, type MadeTenant } from "../domain/tenants/make-tenant.ts";
import { signUserToken } from "../domain/tokens/sign-user-token.ts";
import { plainCall } from "./plain-call.ts";
import { createTestDatabase, type TestDatabase } from "./postgres.ts";

export const testSecret = "a secret of tests, long enough to be one";

export interface TestTenant extends MadeTenant {
  /** Base of the tenant's calls. */
  url: string;
  token(userId: string, groups?: string[]): Promise<string>;
  /** A caller as that user: JSON in, status, headers and JSON out. */
  as(userId: string, groups?: string[]): Caller;
  /** A caller with the primary key, acting as nobody unless told. */
  key(headers?: Record<string, string>): Caller;
}

export interface TestAnswer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

export type Caller = <T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<TestAnswer<T>>;

export interface Stack {
  config: Config;
  api: Api;
  url: string;
  database: TestDatabase;
  tenant(id: string): Promise<TestTenant>;
  /** A second api on the same database, as another node would be, with other settings if told. It may be closed before the others. */
  another(changes?: Partial<Config>): Promise<{ api: Api; url: string }>;
  close(): Promise<void>;
}

/** The real api role on a free port, on a database of its own. */
export async function startStack(changes: Partial<Config> = {}, now?: () => number): Promise<Stack> {
  const database = await createTestDatabase();
  const { ownerUrl, runtimeUrl } = database;
  // A log-in costs Postgres more than most of what a test asks for, and many calls at once would open one each.
  const few = { ownerUrl, runtimeUrl, embedded: false, connections: 4 };
  const config = configFor(database, { database: few, ...changes });
  const apis: Api[] = [];
  const open = async (more: Partial<Config> = {}) => {
    const started = await startApi({ ...config, ...more }, { url: () => undefined }, now);
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= started.close();
      return closing;
    };
    const api = { ...started, close };
    apis.push(api);
    return { api, url: `http://127.0.0.1:${api.port}` };
  };
  const { api, url } = await open();
  const db = api.services.db;
  return {
    api,
    url,
    config,
    database,
    tenant: async (id) => {
      const made = await createTenant(db, testSecret, {
        id,
        name: `Tenant ${id}`,
        settings: { allowedOrigins: ["*"] },
      });
      return toTenant(api, url, made);
    },
    another: open,
    close: async () => {
      for (const each of apis) await each.close();
      await database.drop();
    },
  };
}

/** The settings of a test's processes. */
export function configFor(database: TestDatabase, changes: Partial<Config> = {}): Config {
  return {
    port: 0,
    host: ["127.0.0.1"],
    baseUrl: "http://localhost:3000",
    dataDir: tmpdir(),
    database: { ownerUrl: database.ownerUrl, runtimeUrl: database.runtimeUrl, embedded: false, connections: 16 },
    trustProxy: 0,
    roles: new Set(["api"]),
    authSecret: testSecret,
    mail: { from: "test@localhost" },
    signUp: "open",
    seed: "none",
    dev: false,
    logLevel: "fatal",
    allowPrivateNetworks: true,
    ...changes,
  };
}

function toTenant(api: Api, url: string, made: MadeTenant): TestTenant {
  const base = `${url}/tenant/${made.tenantId}/v1`;
  const token = async (userId: string, groups?: string[]) =>
    (await signUserToken(api.services.security, made.tenantId, { userId, groups, expiresIn: 3600 })).token;
  return {
    ...made,
    url: base,
    token,
    as: (userId, groups) => {
      const bearer = token(userId, groups);
      return async (method, path, body, headers = {}) =>
        call(base + path, method, body, { authorization: `Bearer ${await bearer}`, ...headers });
    },
    key:
      (extra = {}) =>
      (method, path, body, headers = {}) =>
        call(base + path, method, body, { "x-api-key": made.primaryKey, ...extra, ...headers }),
  };
}

/** One call, JSON in and out. */
export async function call<T>(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<TestAnswer<T>> {
  const json: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const answer = await plainCall(url, { method, headers: { ...json, ...headers }, body: text });
  const said = await answer.text();
  return {
    status: answer.status,
    get headers() {
      return answer.headers;
    },
    body: (said ? JSON.parse(said) : {}) as T,
  };
}
