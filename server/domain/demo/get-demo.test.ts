import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Stack, startStack, testSecret } from "../../testing/stack.ts";
import { createTenant } from "../tenants/make-tenant.ts";

interface Demo {
  tenantId: string;
  tenantName: string;
  baseUrl: string;
  users: { userId: string; displayName: string; avatarUrl: string | null; token: string }[];
}

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  const { db } = stack.api.services;
  const { primaryKey } = await createTenant(db, testSecret, { id: "show", name: "Showboat", demo: true });
  for (const [userId, displayName] of Object.entries({ una: "Una", vic: "Vic" }))
    await ask(`/Users/${userId}`, "PUT", { displayName }, { "x-api-key": primaryKey });
});
afterAll(() => stack.close());

const ask = <T>(path: string, method = "GET", body?: unknown, headers: Record<string, string> = {}, tenant = "show") =>
  call<T>(`${stack.url}/tenant/${tenant}/v1${path}`, method, body, headers);

test("succeeds without a credential: people with tokens that work", async () => {
  const { status, body } = await ask<Demo>("/demo");
  expect(status).toBe(200);
  expect(body).toMatchObject({ tenantId: "show", tenantName: "Showboat", baseUrl: "http://localhost:3000" });
  expect(body.users.map(({ displayName }) => displayName).sort()).toEqual(["Una", "Vic"]);
  for (const { userId, token } of body.users) {
    const chat = await ask<{ createdBy: string }>("/Chat", "POST", {}, { authorization: `Bearer ${token}` });
    expect(chat).toMatchObject({ status: 201, body: { createdBy: userId } });
  }
});

test("gives nobody admin rights", async () => {
  const [una] = (await ask<Demo>("/demo")).body.users;
  const authorization = `Bearer ${una?.token}`;
  expect((await ask("/admin/tenant", "GET", undefined, { authorization })).status).toBe(403);
});

test("a tenant that is no demo, and none at all, show nothing", async () => {
  const plain = await stack.tenant("plain");
  expect((await call(`${plain.url}/demo`, "GET", undefined, {})).status).toBe(404);
  expect((await ask("/demo", "GET", undefined, {}, "nowhere")).status).toBe(401);
});

test("no call switches it on", async () => {
  const plain = await stack.tenant("closed");
  await plain.key()("PATCH", "/admin/tenant", { demo: true, settings: { demo: true } });
  expect((await call(`${plain.url}/demo`, "GET", undefined, {})).status).toBe(404);
});
