import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { astrayField, callsOf, type OpenApi, toCurl, toHttp, toTypeScript } from "./calls.ts";

const calls = callsOf(JSON.parse(readFileSync("docs/openapi.json", "utf8")) as OpenApi);
const find = (name: string) => {
  const call = calls.find((one) => one.name === name);
  if (!call) throw new Error(`no call ${name}`);
  return call;
};

test("reads every call of a tenant once, with its fields and where they go", () => {
  expect(new Set(calls.map(({ name }) => name)).size).toBe(calls.length);
  expect(calls.length).toBeGreaterThan(90);
  expect(calls.map(({ name }) => name)).not.toContain("account.get");
  const places = find("messages.send").fields.map((field) => `${field.in} ${field.name} ${field.kind}`);
  expect(places).toEqual(expect.arrayContaining(["path chatId text", "body content text", "body metadata json"]));
  expect(find("messages.send").fields.find(({ name }) => name === "content")?.required).toBe(true);
});

test("puts what was filled in where it belongs, escaped", () => {
  const sent = toHttp(find("messages.send"), { chatId: "a/b", content: "Ahoy" }, "demo");
  expect(sent).toEqual({ method: "POST", path: "/tenant/demo/v1/Chat/a%2Fb/messages", body: { content: "Ahoy" } });
  const listed = toHttp(find("chats.list"), { pageSize: 5 }, "demo");
  expect(listed).toEqual({ method: "GET", path: "/tenant/demo/v1/Chat?pageSize=5", body: undefined });
});

test.each([".", ".."])("an id %s leads nowhere: it would make the call another one, on the chat", (userId) => {
  const call = find("members.remove");
  const { path } = toHttp(call, { chatId: "c1", userId }, "demo");
  expect(path).toBe("/tenant/demo/v1/Chat/c1/members/{userId}");
  expect(astrayField(call, { chatId: "c1", userId })).toBe("userId");
  expect(astrayField(call, { chatId: "c1", userId: "ben" })).toBeUndefined();
});

test("writes a list into an address or a body as the service reads it there, and takes one with its commas as text", () => {
  const several = toHttp(find("presence.get"), { userIds: ["a", "b&c"] }, "demo");
  expect(several.path).toMatch(/\?userIds=a&userIds=b%26c$/);
  const { path, body } = toHttp(find("notifications.bulkDelete.2"), { notificationIds: ["a", "b&c"] }, "demo");
  expect([path, body]).toEqual(["/tenant/demo/v1/Notifications/bulk", { notificationIds: ["a", "b&c"] }]);
  expect(find("presence.get").fields.find(({ name }) => name === "userIds")?.kind).toBe("text");
  expect(find("presence.get").fields.find(({ name }) => name === "chatId")?.kind).toBe("text");
  expect(toHttp(find("presence.get"), { userIds: "ada,ben" }, "demo").path).toMatch(/\?userIds=ada%2Cben$/);
});

test("shows the same call as curl, which a shell reads as meant, and as TypeScript, without a secret in either", () => {
  const call = toHttp(find("messages.send"), { chatId: "c1", content: "It's 9 o'clock: $HOME `ls` \"x\"" }, "demo");
  const curl = toCurl(call, { kind: "key", actAs: "ada" }, "http://localhost:3000");
  const script = `curl() { printf '%s\\n' "$@"; }; PARLEY_KEY=k1\n${curl}`;
  const args = execFileSync("sh", ["-c", script], { encoding: "utf8" }).trimEnd().split("\n");
  expect(args).toEqual([
    ...["-X", "POST", "http://localhost:3000/tenant/demo/v1/Chat/c1/messages"],
    ...["-H", "x-api-key: k1", "-H", "x-act-as-user: ada", "-H", "content-type: application/json"],
    ...["-d", JSON.stringify(call.body)],
  ]);
  // An id is the integrator's own word, and none of a shell's or of TypeScript's.
  const odd = { kind: "key", actAs: "$HOME`id`$(id)\"it's\\" } as const;
  const asOdd = `curl() { printf '%s\\n' "$@"; }; PARLEY_KEY=k1\n${toCurl(call, odd, "http://localhost:3000")}`;
  const oddArgs = execFileSync("sh", ["-c", asOdd], { encoding: "utf8" }).trimEnd().split("\n");
  expect(oddArgs).toContain(`x-act-as-user: ${odd.actAs}`);
  expect(toTypeScript(call, odd, "http://localhost:3000")).toContain(`"x-act-as-user": ${JSON.stringify(odd.actAs)},`);
  const named = toTypeScript(call, { kind: "key", actAs: "josé" }, "http://localhost:3000");
  expect(named).toContain('"x-act-as-user": unescape(encodeURIComponent("josé")),');
  const code = toTypeScript(call, { kind: "user", userId: "ada" }, "http://localhost:3000");
  expect(code).toMatch(/"authorization": `Bearer \$\{process\.env\.PARLEY_TOKEN\}`/);
  expect(code).toContain("It's 9 o'clock");
});
