import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../../auth/roles.ts";
import { firstIdAt } from "../../ids.ts";
import { runRetention } from "../../jobs/retention.ts";
import type { RequestLog } from "../../request-log.ts";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { stockClient } from "../../testing/hub-client.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { insertRequests, listRequests, summarizeRequests } from "./store.ts";

interface Row {
  id: string;
  at: string;
  transport: string;
  operation: string;
  status: number;
  code: string;
  ms: number;
  credential: string;
  keyId?: string;
  key?: { name: string; hint: string };
  userId?: string;
  requestId: string;
  ip?: string;
}

interface Page {
  data: Row[];
  nextCursor: string | null;
}

let stack: Stack;
let acme: TestTenant;
let other: TestTenant;
let log: RequestLog;
const operation = { name: "chats.list", kind: "query", http: { method: "GET", path: "/Chat" } } as const;
const from = { transport: "rest", requestId: "r" } as const;
const good = { status: 200, code: "ok", ms: 1 };

beforeAll(async () => {
  stack = await startStack();
  [acme, other] = [await stack.tenant("acme"), await stack.tenant("globex")];
  log = stack.api.services.requests as RequestLog;
});
afterAll(() => stack.close());

const list = async (query = "", of = acme) => {
  await log.flush();
  return (await of.key()<Page>("GET", `/admin/requests?${query}`)).body;
};

describe("succeeds", () => {
  test("with the calls of every transport: who, what, how it ended", async () => {
    const made = await acme.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] });
    const missing = await acme.as("ada")("GET", "/Chat/undefined");
    const wrong = await acme.key({ authorization: "Bearer nonsense" })("GET", "/Chat");
    const hub = stockClient(`${acme.url}/hub`, { token: () => acme.token("ben") });
    await hub.start();
    await hub.invoke("SendMessage", { chatId: made.body.id, content: "never in the request log" });
    await hub.stop();
    const trpc = await fetch(`${stack.url}/api/trpc/apiKeys.list`, { headers: { "x-api-key": acme.primaryKey } });
    expect(trpc.status).toBe(200);

    const { data } = await list("limit=50");
    const told = data.map(({ transport, operation, status, code, credential, userId }) =>
      [transport, operation, status, code, credential, userId].join(" "),
    );
    expect(told).toEqual(
      expect.arrayContaining([
        "rest chats.create 201 ok user ada",
        "rest chats.get 404 not_found user ada",
        "rest chats.list 401 unauthenticated visitor ",
        "signalr messages.send 201 ok user ben",
        "trpc apiKeys.list 200 ok key ",
      ]),
    );
    expect(new Set(data.map(({ transport, ip }) => `${transport} from ${ip}`))).toEqual(
      new Set(["rest from 127.0.0.1", "signalr from 127.0.0.1", "trpc from 127.0.0.1"]),
    );
    const ofKey = data.find(({ operation }) => operation === "apiKeys.list");
    expect(ofKey?.keyId).toMatch(/^[0-9a-f-]{36}$/);
    expect(ofKey?.key).toEqual({ name: "Primary key", hint: `parley_acme_…${acme.primaryKey.slice(-4)}` });
    expect(data.find(({ userId }) => userId === "ben")).not.toHaveProperty("key");
    expect(JSON.stringify(data)).not.toContain(acme.primaryKey);
    expect(JSON.stringify(data)).not.toContain("never in the request log");
    for (const answer of [made, missing, wrong]) {
      const id = answer.headers.get("x-request-id");
      expect((await list(`requestId=${id}`)).data.map(({ requestId }) => requestId)).toEqual([id]);
    }
    expect((await list("requestId=nonsense")).data).toEqual([]);
    const [newest, oldest] = [data[0], data.at(-1)];
    for (const one of [newest, oldest])
      expect(await list(`id=${one?.id}&limit=1`)).toMatchObject({ data: [{ id: one?.id }], nextCursor: null });
    expect((await list(`id=${oldest?.id}`, other)).data).toEqual([]);
    expect((await list("id=nonsense")).data).toEqual([]);
  });

  test("with a key's name as long as there is the key, for whoever may see keys", async () => {
    const asked = { name: "Backend", scopes: ["chats:read", "act-as"] };
    const { body: made } = await acme.key()<{ id: string; key: string; hint: string }>(
      "POST",
      "/admin/api-keys",
      asked,
    );
    const used = () => call(`${acme.url}/Chat`, "GET", undefined, { "x-api-key": made.key, "x-act-as-user": "ada" });
    expect(await used()).toMatchObject({ status: 200 });
    const keyOf = async () => (await list(`keyId=${made.id}`)).data.map(({ key }) => key);
    expect(await keyOf()).toEqual([{ name: "Backend", hint: made.hint }]);
    const seenBy = async (role: Role) => {
      const { session } = await makeOperator(stack.api.services.db, testSecret, { tenantId: acme.tenantId, role });
      const headers = { ...consoleHeaders(session), "x-tenant-id": acme.tenantId };
      const input = encodeURIComponent(JSON.stringify({ keyId: made.id }));
      const path = `${stack.url}/api/trpc/requests.list?input=${input}`;
      const { body } = await call<{ result: { data: Page } }>(path, "GET", undefined, headers);
      return body.result.data.data.map(({ keyId, key }) => [keyId, key?.name]);
    };
    expect(await seenBy("read-only")).toEqual([[made.id, "Backend"]]);
    expect(await seenBy("support")).toEqual([[made.id, undefined]]);
    await acme.key()("DELETE", `/admin/api-keys/${made.id}`);
    expect(await keyOf()).toEqual([undefined]);
  });

  test("with what filters leave, page by page", async () => {
    for (let n = 0; n < 3; n++) await acme.as("carl")("GET", "/Chat");
    await acme.as("carl")("GET", "/Chat/undefined");
    const pages: Page[] = [];
    for (let before: string | null = ""; before !== null; before = pages.at(-1)?.nextCursor ?? null)
      pages.push(await list(`userId=carl&limit=2${before && `&before=${before}`}`));
    expect(pages.map(({ data }) => data.length)).toEqual([2, 2]);
    expect(pages.flatMap(({ data }) => data.map(({ operation }) => operation))).toEqual([
      ...["chats.get", "chats.list", "chats.list", "chats.list"],
    ]);
    const some = async (query: string) => new Set((await list(`userId=carl&${query}`)).data.map(({ code }) => code));
    expect(await some("outcome=failed")).toEqual(new Set(["not_found"]));
    expect(await some("outcome=ok&operation=chats")).toEqual(new Set(["ok"]));
    expect(await some("transport=signalr")).toEqual(new Set());
    const carl = { ...from, tenantId: acme.tenantId, principal: { kind: "user" as const, userId: "carl" } };
    log.note(carl, operation, { status: 503, code: "unavailable", ms: 1 });
    expect(await some("outcome=faults")).toEqual(new Set(["unavailable"]));
    expect(await some("outcome=failed")).toEqual(new Set(["unavailable", "not_found"]));
    const now = Date.now();
    const at = (ms: number) => encodeURIComponent(new Date(now + ms).toISOString());
    expect(await some(`since=${at(-60_000)}&outcome=faults`)).toEqual(new Set(["unavailable"]));
    expect(await some(`since=${at(60_000)}`)).toEqual(new Set());
    expect(await some(`since=${at(60_000)}&outcome=faults`)).toEqual(new Set());
    expect((await acme.key()("GET", "/admin/requests?before=x")).status).toBe(400);
  });

  test("but not of an outcome that there is none of, which is told what there is", async () => {
    for (const list of ["requests", "audit", "audit/export"]) {
      const refused = await acme.key()<{ errors: Record<string, string[]> }>("GET", `/admin/${list}?outcome=sent`);
      expect([refused.status, Object.keys(refused.body.errors)]).toEqual([400, ["outcome"]]);
      expect(refused.body.errors.outcome?.[0]).toMatch(/"ok".*"not_found"/);
      for (const outcome of ["ok", "not_found", list === "requests" ? "failed" : "begun"])
        expect((await acme.key()("GET", `/admin/${list}?outcome=${outcome}`)).status).toBe(200);
    }
  });

  test("with failures grouped, and how many calls were too many to note", async () => {
    for (let n = 0; n < 1000; n++)
      log.note({ ...from, tenantId: other.tenantId, principal: { kind: "user", userId: "flood" } }, operation, good);
    for (let n = 0; n < 3; n++) await other.as("ada")("GET", "/Chat/undefined");
    await log.flush();
    const { body } = await other.key()<Record<string, unknown>>("GET", "/admin/requests/summary?hours=1");
    expect(body).toMatchObject({
      failed: 3,
      keptDays: 7,
      groups: [{ operation: "chats.get", code: "not_found", status: 404, count: 3 }],
    });
    // The bucket holds 500 and fills with 5 a second.
    expect(Number(body.skipped)).toBeGreaterThan(400);
    expect(Number(body.noted) + Number(body.skipped)).toBeGreaterThanOrEqual(1003);
  });

  test("without what the console reads all the time, but with what it changes", async () => {
    const principal = { kind: "operator" as const, person: { personId: "p" } as never };
    const asked = { ...from, tenantId: acme.tenantId, principal };
    log.note(asked, operation, good);
    log.note(asked, { ...operation, kind: "mutation" }, good);
    const { data } = await list("limit=5");
    expect(data.filter(({ credential }) => credential === "operator")).toHaveLength(1);
  });
});

test("keeps what the tenant has set, and nothing when that is nothing", async () => {
  const { db } = stack.api.services;
  await acme.key()("PATCH", "/admin/tenant", { settings: { retention: { requestDays: 1 } } });
  expect((await list("limit=1")).data).toHaveLength(1);
  await runRetention(db, Date.now() + 25 * 60 * 60_000);
  expect((await listRequests(db, acme.tenantId, { limit: 10 }, {})).rows).toEqual([]);
  await acme.key()("PATCH", "/admin/tenant", { settings: { retention: { requestDays: 0 } } });
  await acme.as("ada")("GET", "/Chat");
  expect((await list()).data).toEqual([]);
});

test("shows nothing of another tenant, and nothing to users", async () => {
  const mine = await list("userId=flood", other);
  expect(mine.data.length).toBeGreaterThan(0);
  expect((await list("userId=flood")).data).toEqual([]);
  expect((await acme.as("ada")("GET", "/admin/requests")).status).toBe(403);
});

test("a summary of more calls than it looks at says from when on it is one", async () => {
  const { db } = stack.api.services;
  const { tenantId } = await stack.tenant("summed");
  const began = Date.parse("2026-11-29T12:00:00Z");
  const rows = Array.from({ length: 6 }, (_, n) => ({
    id: `${firstIdAt(began + n * 60_000)}`,
    at: new Date(began + n * 60_000),
    ...{ transport: "rest", operation: "chats.list", status: n % 2 ? 404 : 200, code: n % 2 ? "not_found" : "ok" },
    ...{ ms: 1, credential: "user", keyId: null, userId: "ada", personId: null, requestId: "r", ip: null },
  }));
  await insertRequests(db, tenantId, rows);
  expect(await summarizeRequests(db, tenantId, began, 4)).toMatchObject({ noted: 4, failed: 2, cutAt: rows[2]?.at });
  const whole = await summarizeRequests(db, tenantId, began, 7);
  expect(whole).toMatchObject({ noted: 6, failed: 3 });
  expect(whole.cutAt).toBeUndefined();
});

test("looks at a bounded number of rows a page, and goes on from there", async () => {
  const { db } = stack.api.services;
  const { tenantId } = await stack.tenant("busy");
  const rows = (count: number, prefix: string, userId: string) =>
    Array.from({ length: count }, (_, n) => ({
      id: `${prefix}-0000-7000-8000-${String(n).padStart(12, "0")}`,
      at: new Date(),
      ...{ transport: "rest", operation: "chats.list", status: 200, code: "ok", ms: 1, credential: "user" },
      ...{ keyId: null, userId, personId: null, requestId: "r", ip: null },
    }));
  await insertRequests(db, tenantId, rows(1, "0199aaaa", "rare"));
  for (const prefix of ["0199bbbb", "0199cccc", "0199dddd"])
    await insertRequests(db, tenantId, rows(20, prefix, "common"));
  const first = await listRequests(db, tenantId, { limit: 10, scan: 50 }, { userId: "rare" });
  expect(first.rows).toEqual([]);
  expect(first.next).toBeDefined();
  const second = await listRequests(db, tenantId, { limit: 10, scan: 50, before: first.next }, { userId: "rare" });
  expect(second.rows.map(({ userId }) => userId)).toEqual(["rare"]);
  const [most, all] = [
    await listRequests(db, tenantId, { limit: 60 }, {}),
    await listRequests(db, tenantId, { limit: 61 }, {}),
  ];
  expect([most.rows.length, most.next, all.rows.length, all.next]).toEqual([60, most.rows[59]?.id, 61, undefined]);
});
