import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { expect, test, unheard } from "./journey.ts";
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

/** Of each run its own: what one has and has not read stays on the product. */
function newUser(): string {
  return `framed-${crypto.randomUUID()}`;
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
  const makeToken = (userId: string) =>
    callWithKey<{ token: string }>("POST", "/tokens", { userId }, second.tenantId, second.apiKey);
  const userId = newUser();
  const page = await (await browser.newContext()).newPage();
  await page.clock.install();
  await page.goto(origin);
  const heard = () => page.evaluate(() => (window as unknown as AppWindow).heard.map(({ type }) => type));
  await expect.poll(heard).toContain("parley:ready");
  const frame = page.frameLocator("iframe");
  await expect(frame.getByText("has to sign you in")).toBeVisible();
  const signIn = ({ token }: { token: string }) =>
    page.evaluate((given) => (window as unknown as AppWindow).send(given), token);
  await signIn(await makeToken(userId));
  await expect(frame.getByText("No chats yet")).toBeVisible();
  await expect.poll(heard).toContain("parley:unread");

  await callWithKey("POST", `/admin/users/${userId}/revoke`, {}, second.tenantId, second.apiKey);
  await expect.poll(heard).toContain("parley:token-expired");
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // revocation counts whole seconds
  // Nobody gives one for a while: that is said, and there is nothing to go back to.
  await page.clock.runFor(16_000);
  const ended = frame.getByRole("alertdialog", { name: "Your session has ended" });
  await expect(ended).toBeVisible();
  await expect(ended.getByRole("button")).toHaveText(["Try again"]);
  await expect(frame.getByLabel("Connection: Signed out")).toBeVisible();
  const fresh = await makeToken(userId);
  await signIn(fresh);
  await expect(ended).toHaveCount(0);
  await expect(frame.getByLabel("Connection: Live")).toBeVisible();

  // Somebody else signs in to the app: nothing of what one was writing is left for them.
  const made = await fetch(`${productUrl()}/tenant/${second.tenantId}/v1/Chat`, {
    method: "POST",
    headers: { authorization: `Bearer ${fresh.token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Shared", memberUserIds: ["colleague"] }),
  });
  expect(made.status).toBe(201);
  await frame.getByRole("button", { name: /Shared/u }).click();
  const box = frame.getByRole("textbox", { name: "Message" });

  // It goes on as the same person in the inbox, and back; and offers no link, which would sign nobody in.
  await box.fill("Ahoy");
  await box.press("Enter");
  const said = frame.getByRole("article").filter({ hasText: "Ahoy" });
  await said.hover();
  await said.getByRole("button", { name: "Message actions" }).click();
  await expect(frame.getByRole("menuitem", { name: "Copy text" })).toBeVisible();
  await expect(frame.getByRole("menuitem", { name: "Copy link" })).toHaveCount(0);
  await frame.getByRole("menu").press("Escape");
  await frame.getByRole("button", { name: /^Notifications/u }).click();
  await frame.getByRole("link", { name: "All notifications" }).click();
  await expect(frame.getByRole("heading", { level: 1, name: /^Inbox/u })).toBeVisible();
  await page.evaluate(() => history.back());
  await box.fill("Between me and my draft");
  await signIn(await makeToken("colleague"));
  await expect(box).toHaveValue("");
  await page.context().close();
});

test("says to the app around it what is unread, and nothing before that is counted", async ({ browser }) => {
  const { second } = readDemo();
  const call = <Body>(method: string, path: string, body: object) =>
    callWithKey<Body>(method, path, body, second.tenantId, second.apiKey);
  const origin = await serveApp(`${productUrl()}/inbox/${second.tenantId}`);
  await call("PATCH", "/admin/tenant", { settings: { allowedOrigins: [origin] } });
  const userId = newUser();
  await call("POST", "/Notifications", { userId, subject: "One to read", message: "x" });
  const { token } = await call<{ token: string }>("POST", "/tokens", { userId });
  const page = await (await browser.newContext()).newPage();
  await page.goto(origin);
  const heard = () => page.evaluate(() => (window as unknown as AppWindow).heard);
  await expect.poll(async () => (await heard()).map(({ type }) => type)).toContain("parley:ready");
  await page.evaluate((given) => (window as unknown as AppWindow).send(given), token);
  const counts = async () => (await heard()).filter(({ type }) => type === "parley:unread").map(({ count }) => count);
  await expect.poll(counts).toEqual([1]);
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

test("the same components make up a chat in another React app, which knows no Next", async ({ browser }) => {
  const { users } = readDemo();
  const ben = users.find(({ userId }) => userId === "ben");
  const { outputFiles, metafile } = await build({
    stdin: { contents: otherApp, resolveDir: `${import.meta.dirname}/..`, loader: "tsx" },
    ...{ bundle: true, splitting: true, write: false, metafile: true, format: "esm", outdir: "/" },
    ...{ jsx: "automatic", define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error" },
  });
  expect(Object.keys(metafile?.inputs ?? {}).filter((file) => /node_modules\/next\/|^app\//u.test(file))).toEqual([]);
  app = createServer(({ url = "" }, response) => {
    const file = outputFiles?.find(({ path }) => path === url);
    const settings = JSON.stringify({ baseUrl: productUrl(), token: ben?.token });
    response.setHeader("content-type", file ? "text/javascript" : "text/html");
    response.end(
      file?.contents ??
        `<!doctype html><title>Another app</title><link rel="icon" href="data:,"><div id="root"></div>
         <script>window.settings = ${settings}</script><script type="module" src="/stdin.js"></script>`,
    );
  });
  await new Promise<void>((resolve) => app?.listen(0, "127.0.0.1", resolve));
  const page = await (await browser.newContext()).newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`http://127.0.0.1:${(app.address() as AddressInfo).port}`);
  await page.getByRole("navigation", { name: "Chats" }).getByRole("button").first().click();
  const text = unheard("From another app");
  await page.getByRole("textbox", { name: "Message", exact: true }).fill(text);
  await page.getByRole("textbox", { name: "Message", exact: true }).press("Enter");
  await expect(page.getByRole("list", { name: "Messages" }).getByText(text)).toHaveCount(1);
  await page.getByRole("button", { name: "Show the inbox" }).click();
  await expect(page.getByRole("heading", { name: /^Inbox/u })).toBeVisible();
  expect(errors).toEqual([]);
  await page.context().close();
});

const otherApp = `
  import { useState } from "react";
  import { createRoot } from "react-dom/client";
  import { Parley } from "./client/main.ts";
  import { ParleyProvider } from "./client/react/main.ts";
  import { ChatApp } from "./components/chat/chat-app.tsx";
  import { InboxApp } from "./components/inbox/inbox-app.tsx";
  import { ToastProvider } from "./components/ui/toast.tsx";

  const { baseUrl, token } = window.settings;
  const client = new Parley({ baseUrl, tenantId: "demo", getToken: () => token });
  void client.start();

  function App() {
    const [chatId, openChat] = useState();
    const [inbox, showInbox] = useState(false);
    const [view, setView] = useState("all");
    return inbox
      ? <InboxApp view={view} onView={setView} />
      : <ChatApp chatId={chatId} onOpenChat={openChat} tools={<button onClick={() => showInbox(true)}>Show the inbox</button>} />;
  }
  createRoot(document.getElementById("root")).render(
    <ParleyProvider client={client}><ToastProvider><App /></ToastProvider></ParleyProvider>,
  );
`;
