import { createTRPCClient, httpBatchLink, httpLink } from "@trpc/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { AppRouter } from "./router.ts";

let stack: Stack;
let acme: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
});
afterAll(() => stack.close());

function clientWith(key: string | undefined, link: typeof httpLink | typeof httpBatchLink) {
  const header: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
  const headers = { "x-api-key": acme.primaryKey, ...header };
  return createTRPCClient<AppRouter>({ links: [link({ url: `${stack.url}/api/trpc`, headers })] });
}

const said = { userId: "ada", subject: "Once", message: "x" };

test.each([
  ["alone", httpLink],
  ["in a batch of one", httpBatchLink],
] as const)("the header makes a call %s safe to repeat", async (name, link) => {
  const { notifications } = clientWith(`header ${name}`, link);
  const first = await notifications.create.mutate(said);
  expect(await notifications.create.mutate(said)).toEqual(first);
  await expect(notifications.create.mutate({ ...said, subject: "Twice" })).rejects.toThrow("idempotency_reused");
});

test.each([
  ["", (json: object) => json],
  ["?batch=1", (json: object) => ({ 0: json })],
])("a replay says that it is one, as by REST: %s", async (search, inputOf) => {
  const post = (input: object, key?: string) => {
    const headers = { "x-api-key": acme.primaryKey, "content-type": "application/json" };
    const body = JSON.stringify(inputOf(input));
    const init = {
      method: "POST",
      body,
      headers: key === undefined ? headers : { ...headers, "idempotency-key": key },
    };
    return fetch(`${stack.url}/api/trpc/notifications.create${search}`, init);
  };
  const replayed = async (answer: Promise<Response>) => (await answer).headers.get("idempotent-replayed");
  expect(await replayed(post(said, `said${search}`))).toBe(null);
  expect(await replayed(post(said, `said${search}`))).toBe("true");
  expect(await replayed(post({ ...said, idempotencyKey: `said${search}` }))).toBe("true");
  expect(await replayed(post({ ...said, subject: "Twice" }, `said${search}`))).toBe(null);
});

test("the field is found in any letter case, as the others are", async () => {
  const { notifications } = clientWith(undefined, httpLink);
  const call = { ...said, IdempotencyKey: "spelled otherwise" };
  const first = await notifications.create.mutate(call);
  expect(await notifications.create.mutate(call)).toEqual(first);
});

test("several calls cannot share the header; each may have its own key", async () => {
  const { notifications } = clientWith("shared", httpBatchLink);
  const calls = await Promise.allSettled([notifications.create.mutate(said), notifications.create.mutate(said)]);
  const refused = { data: { problem: { code: "invalid", errors: { "Idempotency-Key": [expect.any(String)] } } } };
  for (const call of calls) expect(call).toMatchObject({ status: "rejected", reason: refused });
  const own = (idempotencyKey: string) => notifications.create.mutate({ ...said, idempotencyKey });
  const [one, again, other] = await Promise.all([own("one"), own("one").catch(() => own("one")), own("other")]);
  expect(again.id).toBe(one.id);
  expect(other.id).not.toBe(one.id);
});

test("what sets a thing does so each time, whatever its key, also after others have: never an answer that is none any more", async () => {
  const { users } = clientWith(undefined, httpLink);
  const put = (email: string, key?: string) =>
    users.put.mutate({ userId: "ada", email, ...(key ? { idempotencyKey: key } : {}) });
  await put("a@example.com", "set");
  await put("b@example.com");
  expect(await put("a@example.com", "set")).toMatchObject({ email: "a@example.com" });
  expect(await users.get.query({ userId: "ada" })).toMatchObject({ email: "a@example.com" });
  expect(await put("c@example.com", "set")).toMatchObject({ email: "c@example.com" });
});

test("what is to be new, or to replace just this, is done once under a key, and not refused for itself the second time", async () => {
  const { topics, categories } = clientWith(undefined, httpLink);
  const topic = { topicId: "line", onlyNew: true, idempotencyKey: "topic" };
  expect(await topics.put.mutate(topic)).toEqual(await topics.put.mutate(topic));
  const category = { type: "News", title: "News", onlyNew: true, idempotencyKey: "category" };
  expect(await categories.put.mutate(category)).toEqual(await categories.put.mutate(category));
  await expect(topics.put.mutate({ ...topic, idempotencyKey: "another" })).rejects.toThrow("conflict");
  const { updatedAt } = await categories.get.query({ type: "News" });
  const second = { type: "News", title: "What is new", onlyIf: updatedAt, idempotencyKey: "second" };
  expect(await categories.put.mutate(second)).toEqual(await categories.put.mutate(second));
  await expect(categories.put.mutate({ ...second, idempotencyKey: "third" })).rejects.toThrow("conflict");
  const byRest = (key: string, onlyNew = true) =>
    acme.key({ "idempotency-key": key })("PUT", "/admin/topics/quay", { onlyNew });
  expect((await byRest("quay")).headers.get("idempotent-replayed")).toBe(null);
  expect((await byRest("quay")).headers.get("idempotent-replayed")).toBe("true");
  expect([(await byRest("another")).status, (await byRest("quay", false)).status]).toEqual([409, 200]);
});
