import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { errorTable } from "../../errors.ts";
import { allOperations } from "../../operations.ts";
import { openApiDocument } from "./openapi.ts";

type Json = Record<string, unknown>;
const document = openApiDocument() as Json & { paths: Record<string, Record<string, Json>> };

test("the document is valid OpenAPI 3.1, and every reference in it resolves", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  for (const [, path = ""] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = path.split("/").reduce<unknown>((at, part) => (at as Json | undefined)?.[part], document);
    expect(target, path).toBeDefined();
  }
});

test("every operation is in it, at every one of its addresses, with what it answers and refuses", () => {
  for (const operation of allOperations) {
    for (const { method, path } of [operation.http, ...(operation.http.also ?? [])]) {
      const address = operation.http.root ? path : `/tenant/{tenantId}/v1${path}`;
      const entry = document.paths[address]?.[method.toLowerCase()] as { responses: Json } | undefined;
      expect(entry, `${method} ${address}`).toBeDefined();
      const statuses = Object.keys(entry?.responses ?? {});
      expect(statuses).toContain(String(operation.http.status ?? 200));
      // 405, 431 and 500 come of no operation, and are problem documents too.
      expect(entry?.responses.default).toEqual({ $ref: "#/components/responses/Problem" });
      for (const code of operation.errors ?? []) expect(statuses).toContain(String(errorTable[code].status));
    }
  }
});

test("a direct chat that is there is answered by another status than a new one: both are in it", () => {
  const create = document.paths["/tenant/{tenantId}/v1/Chat"]?.post as { responses: Record<string, Json> } | undefined;
  expect(create?.responses["201"]?.content).toBeDefined();
  expect(create?.responses["200"]?.content).toEqual(create?.responses["201"]?.content);
});

test("the log's address says that it also answers with a stream; no other does", () => {
  const streaming = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      JSON.stringify(responses).includes('"text/event-stream"') ? [`${method} ${path}`] : [],
    ),
  );
  expect(streaming).toEqual(["get /tenant/{tenantId}/v1/events"]);
});

test("what clients put into the address beside or instead of the body is said, and what a stream takes", () => {
  type Parameters = { parameters: { name: string; in: string }[] };
  const of = (method: string, path: string) => {
    const entry = document.paths[`/tenant/{tenantId}/v1${path}`]?.[method] as Parameters | undefined;
    return entry?.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
  };
  expect(of("post", "/Chat/{chatId}/messages")).toEqual(
    expect.arrayContaining(["query clientId", "header x-client-id"]),
  );
  expect(of("put", "/Notifications/{notificationId}/read")).toEqual(
    expect.arrayContaining(["query read", "query clientId", "header x-client-id"]),
  );
  expect(of("put", "/Notifications/{notificationId}/seen")).not.toContain("query read");
  expect(of("get", "/events")).toEqual(
    expect.arrayContaining(["query after", "query access_token", "header Last-Event-ID"]),
  );
  expect(of("get", "/Chat")).not.toContain("query access_token");
});

test("every list that is read by cursors says where its nextCursor goes", () => {
  const silent = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters, responses }]) => {
      const isRead = method === "get" && JSON.stringify(responses).includes('"nextCursor"');
      return isRead && !JSON.stringify(parameters).includes("nextCursor") ? [path] : [];
    }),
  );
  expect(silent).toEqual([]);
});

test("an answer may gain fields: no schema is closed, or clients that were made from it would refuse the next release", () => {
  expect(JSON.stringify(document)).not.toContain('"additionalProperties":false');
});

test("a list of hundreds of ids goes into the body of a DELETE: in an address it would be longer than one is read", () => {
  type Entry = { parameters: { name: string }[]; requestBody?: { required: boolean } };
  const entry = document.paths["/tenant/{tenantId}/v1/Notifications/bulk"]?.delete as unknown as Entry;
  expect(entry.requestBody?.required).toBe(true);
  expect(entry.parameters.map(({ name }) => name)).not.toContain("notificationIds");
  const bodies = Object.entries(document.paths).filter(([, methods]) => methods.delete?.requestBody);
  expect(bodies).toHaveLength(1);
});

test("the bounds of a tenant's id, an idempotency key, a profile and a time are said", () => {
  type Field = { pattern?: string; description?: string; format?: string };
  type Body = { content: { "application/json": { schema: { properties: Record<string, Field> } } } };
  type Entry = { requestBody: Body; parameters: { name: string; schema: Field }[] };
  const of = (method: string, path: string) => document.paths[path]?.[method] as unknown as Entry;
  const fieldsOf = ({ requestBody }: Entry) => requestBody.content["application/json"].schema.properties;
  const create = of("post", "/installation/tenants");
  const id = new RegExp(fieldsOf(create).id?.pattern ?? "");
  expect(["a", "north-1", "-a", "A", "x".repeat(64)].map((name) => id.test(name))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  const key = create.parameters.find(({ name }) => name === "Idempotency-Key")?.schema;
  expect(["", "clé", "a b"].map((value) => new RegExp(key?.pattern ?? "").test(value))).toEqual([false, false, true]);
  const profile = fieldsOf(of("put", "/tenant/{tenantId}/v1/Users/{userId}"));
  for (const name of ["avatarUrl", "locale", "timezone"]) expect(profile[name]?.description, name).toBeTruthy();
  const sent = fieldsOf(of("post", "/tenant/{tenantId}/v1/Notifications"));
  expect(sent.expiresAt).toMatchObject({ format: "date-time", description: "Gone from then on" });
  const muted = fieldsOf(of("put", "/tenant/{tenantId}/v1/Chat/{chatId}/notifications"));
  expect(muted.until).toMatchObject({ format: "date-time", description: expect.stringContaining("ISO-8601") });
});

test("each operation's name on the hub is said, where it is there", () => {
  const of = (method: string, path: string) => document.paths[path]?.[method]?.["x-hub-method"];
  expect(of("get", "/tenant/{tenantId}/v1/Notifications/unread-count")).toBe("CountNotificationUnread");
  expect(of("post", "/tenant/{tenantId}/v1/Chat/{chatId}/members/{userId}")).toBe("AddMember");
  expect(of("post", "/installation/tenants")).toBeUndefined();
});

test("every schema has a name of ours", () => {
  const { schemas } = document.components as { schemas: Json };
  expect(Object.keys(schemas).filter((name) => !/^[A-Z][A-Za-z]+$/.test(name))).toEqual([]);
});

test("operation ids are unique", () => {
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test("what calls and answers carry in headers is said where it is so", () => {
  type Entry = { parameters: { name: string }[]; responses: Record<string, { headers: Json }> };
  const of = (method: string, path: string) => document.paths[path]?.[method] as unknown as Entry;
  const send = of("post", "/tenant/{tenantId}/v1/Notifications");
  const names = ({ parameters }: Entry) => parameters.map(({ name }) => name);
  expect(names(send)).toEqual(expect.arrayContaining(["Idempotency-Key", "X-Act-As-User"]));
  expect(Object.keys(send.responses["201"]?.headers ?? {})).toEqual(
    expect.arrayContaining(["X-Request-Id", "RateLimit", "RateLimit-Policy", "Idempotent-Replayed"]),
  );
  const headersOf = (entry: Entry, status: string) => Object.keys(entry.responses[status]?.headers ?? {});
  expect(headersOf(send, "409")).toContain("Retry-After");
  expect(headersOf(send, "429")).toEqual(expect.arrayContaining(["Retry-After", "RateLimit", "RateLimit-Policy"]));
  const lists = [
    "Chat",
    "Chat/{chatId}",
    "Chat/{chatId}/members",
    "Chat/{chatId}/messages",
    "Notifications",
    "counters",
  ];
  for (const path of lists)
    expect(headersOf(of("get", `/tenant/{tenantId}/v1/${path}`), "200"), path).toContain("X-Event-Cursor");
  expect(headersOf(of("get", "/tenant/{tenantId}/v1/Chat"), "200")).toContain("X-User-Id");
  // A visitor has no bucket of its own, and a message's repeat waits for the first call.
  expect(headersOf(of("get", "/tenant/{tenantId}/v1/demo"), "200")).toEqual(["X-Request-Id"]);
  expect(of("post", "/tenant/{tenantId}/v1/Chat/{chatId}/messages").responses["409"]).toBeUndefined();
  const tokens = of("post", "/tenant/{tenantId}/v1/tokens");
  expect(names(tokens)).not.toContain("X-Act-As-User");
  expect(Object.keys(of("get", "/tenant/{tenantId}/v1/Chat").responses["200"]?.headers ?? {})).not.toContain(
    "Idempotent-Replayed",
  );
});
