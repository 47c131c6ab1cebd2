import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { InboxPage } from "./guide/inbox-page.ts";
import { ResumingPage } from "./guide/resuming-page.ts";
import { type Stack, startStack, type TestTenant } from "./stack.ts";

// The notification guides as programs, with the stock client: quick start, create, event → fetch, read and unread, delete, mark all read.

let stack: Stack;
let tenant: TestTenant;
const pages: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(async () => {
  await Promise.all(pages.map((page) => page.close()));
  await stack.close();
});

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000, interval: 5 });

async function openPage(userId: string): Promise<InboxPage> {
  const { body: chat } = await tenant.as(userId)<{ id: string }>("POST", "/Chat", {});
  const getAccessToken = () => tenant.token(userId);
  const page = new InboxPage({ apiBaseUrl: stack.url, tenantId: tenant.tenantId, chatId: chat.id, getAccessToken });
  pages.push(page);
  return await page.open();
}

/** What the guides' back ends send, with the platform's fetch. */
function create(body: object, headers: Record<string, string>): Promise<Response> {
  return fetch(`${stack.url}/tenant/${tenant.tenantId}/v1/Notifications`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

test("quick start: a back end creates, the page hears of it, fetches it, and shows it", async () => {
  const page = await openPage("ada");
  const bystander = await openPage("eve");
  const sent = {
    userId: "ada",
    type: "RegistrationWelcome",
    subject: "Welcome!",
    message: "Thanks for joining.",
    htmlContent: "<h1>Welcome!</h1>",
    summary: "Welcome",
    priority: "Normal",
    email: "ada@example.com",
    metadata: { source: "registration" },
  };
  const byKey = await create(sent, { "X-API-Key": tenant.primaryKey });
  expect([byKey.status, byKey.statusText]).toEqual([201, "Created"]);
  const admin = await tenant.token("root", ["Admin"]);
  const byAdmin = await create(
    { ...sent, type: "SystemAnnouncement", priority: 3 },
    { Authorization: `Bearer ${admin}` },
  );
  expect(byAdmin.status).toBe(201);
  const byUser = await create(sent, { Authorization: `Bearer ${await tenant.token("ada")}` });
  expect([byUser.status, byUser.statusText]).toEqual([403, "Forbidden"]);

  await until(() => page.notifications.length === 2);
  const { email: _, ...shown } = sent;
  expect(page.notifications).toEqual(
    expect.arrayContaining([expect.objectContaining({ ...shown, id: (await byKey.json()).id, isRead: false })]),
  );
  expect(page.events).toMatchObject([{ type: "Message" }, { type: "Message" }]);
  expect(page.events.every((event) => event.parentId === undefined && event.timestamp.endsWith("Z"))).toBe(true);
  expect([page.failures, bystander.events]).toEqual([[], []]);
});

test("read, unread, delete, and fifty parallel PUTs; the owner's other device follows live", async () => {
  const page = await openPage("ben");
  const hubUrl = `${stack.url}/tenant/${tenant.tenantId}/v1/hub`;
  const device = new ResumingPage({
    hubUrl,
    getAccessToken: () => tenant.token("ben"),
    query: { events: "all", payload: "full" },
  });
  pages.push(device);
  await device.open();
  const key = { "X-API-Key": tenant.primaryKey };
  await Promise.all(
    Array.from({ length: 50 }, (_, n) => create({ userId: "ben", subject: `n${n}`, message: "m" }, key)),
  );
  await page.loadAll();
  expect(page.items).toHaveLength(50);
  await page.markAllRead();
  expect(page.items.every(({ isRead }) => isRead)).toBe(true);
  const first = page.items[0]?.id ?? "";
  expect(await page.mark(first, false)).toMatchObject({ id: first, isRead: false });
  await page.remove(first);
  await until(() => device.events.some(({ type }) => type === "NotificationDeleted"));
  const updated = device.events.filter(({ type }) => type === "NotificationUpdated");
  expect(updated).toHaveLength(51);
  expect(new Set(updated.map(({ id }) => id)).size).toBe(50);
  expect(page.events.filter(({ type }) => type !== "Message")).toEqual([]);
  await page.loadAll();
  expect(page.items).toHaveLength(49);
});
