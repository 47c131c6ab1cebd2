import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "./journey.ts";
import { callWithKey, productUrl, readDemo } from "./people.ts";

// Somebody else's app around the hosted chat: another origin, which the tenant allows or does not.

let app: Server | undefined;
test.afterEach(async () => {
  await new Promise((resolve) => (app ? app.close(resolve) : resolve(undefined)));
});

async function serveApp(frame: string): Promise<string> {
  app = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>An app</title><script>
      window.heard = [];
      addEventListener("message", ({ data }) => { window.heard.push(data); });
      window.send = (token) => document.querySelector("iframe").contentWindow.postMessage({ type: "parley:token", token }, "*");
    </script><iframe src="${frame}" width="900" height="600"></iframe>`);
  });
  await new Promise<void>((resolve) => app?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
}

interface AppWindow extends Window {
  heard: { type: string; count?: number }[];
  send(token: string): void;
}

test("is signed in by the app around it, tells it what is unread, and asks for a token when it needs one", async ({
  browser,
}) => {
  const { second } = readDemo();
  const origin = await serveApp(`${productUrl()}/chat/${second.tenantId}`);
  await callWithKey(
    "PATCH",
    "/admin/tenant",
    { settings: { allowedOrigins: [origin] } },
    second.tenantId,
    second.apiKey,
  );
  const page = await (await browser.newContext()).newPage();
  await page.goto(origin);
  const heard = () => page.evaluate(() => (window as unknown as AppWindow).heard.map(({ type }) => type));
  await expect.poll(heard).toContain("parley:ready");
  const frame = page.frameLocator("iframe");
  await expect(frame.getByText("has to sign you in")).toBeVisible();
  await page.evaluate((token) => (window as unknown as AppWindow).send(token), second.user.token);
  await expect(frame.getByText("No chats yet")).toBeVisible();
  await expect.poll(heard).toContain("parley:unread");

  await callWithKey("POST", `/admin/users/${second.user.userId}/revoke`, {}, second.tenantId, second.apiKey);
  await expect.poll(heard, { timeout: 15_000 }).toContain("parley:token-expired");
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // revocation counts whole seconds
  const { token } = await callWithKey<{ token: string }>(
    "POST",
    "/tokens",
    { userId: second.user.userId },
    second.tenantId,
    second.apiKey,
  );
  await page.evaluate((fresh) => (window as unknown as AppWindow).send(fresh), token);
  await expect(frame.getByLabel("Connection: Live")).toBeVisible({ timeout: 15_000 });
  await page.context().close();
});

test("stays closed in the frame of an origin that the tenant does not allow", async ({ browser }) => {
  const { second } = readDemo();
  await callWithKey(
    "PATCH",
    "/admin/tenant",
    { settings: { allowedOrigins: ["https://app.example.com"] } },
    second.tenantId,
    second.apiKey,
  );
  const origin = await serveApp(`${productUrl()}/chat/${second.tenantId}`);
  const page = await (await browser.newContext()).newPage();
  const refused = page.waitForEvent("console", (message) => /frame-ancestors/u.test(message.text()));
  await page.goto(origin);
  await refused;
  expect(await page.evaluate(() => (window as unknown as AppWindow).heard)).toEqual([]);
  await page.context().close();
});

test("takes the token of the address, and leaves it in no address", async ({ page }) => {
  const { users } = readDemo();
  const ada = users.find(({ userId }) => userId === "ada");
  await page.goto(`/chat/demo#token=${ada?.token}`);
  await expect(page.getByLabel("Connection: Live")).toBeVisible();
  expect(page.url()).not.toContain("token");
  await expect(page.getByText("Who are you?")).toHaveCount(0);
});
