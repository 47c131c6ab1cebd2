import { createHmac } from "node:crypto";
import Pusher from "pusher";
import PusherJs from "pusher-js";
import { openReceiver } from "../server/testing/webhook-receiver.ts";
import { expect, test } from "./journey.ts";
import { makeOwnTenant, type OwnTenant } from "./own-tenant.ts";
import { productUrl } from "./people.ts";

let own: OwnTenant;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "waves");
});
test.afterAll(async () => {
  expect(own.noise).toEqual([]);
  await own.close();
});

interface App {
  appId: string;
  key: string;
  secret: string;
}

/** A page of the stock client, subscribed to a channel of the tenant's app: the names of what it hears, and what it is told was wrong. */
function openPage({ appId, key, secret }: App, channel: string) {
  const { hostname, port } = new URL(productUrl());
  const sdk = new Pusher({ appId, key, secret, host: hostname, port, useTLS: false });
  const page = new PusherJs(key, {
    ...{ cluster: "x", wsHost: hostname, wsPort: Number(port), forceTLS: false, enabledTransports: ["ws"] },
    channelAuthorization: {
      customHandler: (asked: { socketId: string; channelName: string }, done: (error: null, data: unknown) => void) =>
        done(null, sdk.authorizeChannel(asked.socketId, asked.channelName)),
    } as never,
  });
  const names: string[] = [];
  const faults: string[] = [];
  page.connection.bind(
    "error",
    ({ data, error }: { data?: { message: string }; error?: { data?: { message: string } } }) =>
      void faults.push(data?.message ?? error?.data?.message ?? ""),
  );
  const subscribed = page.subscribe(channel);
  subscribed.bind_global((name: string) => void names.push(name));
  return { page, sdk, names: () => names, faults, trigger: (name: string) => subscribed.trigger(name, { at: name }) };
}

test("what the app allows is switched, with what its pages, its backend and its webhook see of it", async () => {
  test.setTimeout(90_000);
  const { page } = own;
  const backend = await openReceiver();
  const app = (await own.call<App>("GET", "/admin/pusher")).body;
  const events = () => backend.received.map(({ raw }) => (JSON.parse(raw) as { events: { name: string }[] }).events);
  await own.open("/pusher");
  await page.getByRole("button", { name: "Show the app" }).click();
  const flip = async (name: string, on: boolean) => {
    const control = page.getByRole("switch", { name });
    await control.click();
    await expect(control).toBeChecked({ checked: on });
    await expect(control).toBeEnabled();
  };
  await page.getByRole("button", { name: "Add an address" }).click();
  const dialog = page.getByRole("dialog", { name: "Add an address" });
  await dialog.getByLabel("Address").fill(`${backend.url}/pusher`);
  for (const box of await dialog.getByRole("checkbox").all()) await box.uncheck();
  await dialog.getByLabel("A page sent an event").check();
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(dialog).toHaveCount(0);

  const [one, two] = [openPage(app, "private-pier"), openPage(app, "private-pier")];
  for (const { names } of [one, two]) await expect.poll(names).toContain("pusher:subscription_succeeded");
  one.trigger("client-wave");
  await expect.poll(two.names).toContain("client-wave");
  await expect
    .poll(() =>
      events()
        .flat()
        .map(({ name }) => name),
    )
    .toEqual(["client_event"]);
  const [hook] = backend.received;
  const signature = createHmac("sha256", app.secret)
    .update(hook?.raw ?? "")
    .digest("hex");
  expect([hook?.headers["x-pusher-key"], hook?.headers["x-pusher-signature"]]).toEqual([app.key, signature]);

  // Alone each, then several in one request: as many as there are when a request is made.
  for (const at of [1, 2, 3]) one.trigger(`client-alone-${at}`);
  await expect.poll(() => events().flat(), { timeout: 30_000 }).toHaveLength(4); // one request after the other
  expect(events().map((list) => list.length)).toEqual([1, 1, 1, 1]);
  await flip("Batched webhooks", true);
  await expect(async () => {
    for (const at of [1, 2, 3, 4]) one.trigger(`client-together-${at}`);
    await expect.poll(() => Math.max(...events().map((list) => list.length)), { timeout: 1_500 }).toBeGreaterThan(1);
  }).toPass();

  await flip("Client events", false);
  one.trigger("client-storm");
  await expect.poll(() => one.faults).toContain("Client events are not enabled for this app");
  expect(two.names()).not.toContain("client-storm");
  await flip("Client events", true);

  await flip("Subscription counts", false);
  const asked = () => one.sdk.get({ path: "/channels/private-pier", params: { info: "subscription_count" } });
  const count = async () =>
    await asked().then(
      (answer) => answer.status,
      (error: { status: number }) => error.status,
    );
  await expect.poll(count).toBe(400);
  const three = openPage(app, "private-pier");
  await expect.poll(three.names).toContain("pusher:subscription_succeeded");
  expect(three.names()).not.toContain("pusher:subscription_count");
  await flip("Subscription counts", true);
  await expect.poll(count).toBe(200);

  await page.getByRole("button", { name: `Remove ${backend.url}/pusher` }).click();
  await expect(page.getByText(`${backend.url}/pusher`)).toHaveCount(0);
  one.trigger("client-last");
  await expect.poll(two.names).toContain("client-last");
  await flip("The app is on", false);
  for (const { page: each } of [one, two, three]) await expect.poll(() => each.connection.state).not.toBe("connected");
  expect(await count()).not.toBe(200);
  await flip("The app is on", true);
  await expect.poll(count).toBe(200);
  const four = openPage(app, "private-pier");
  await expect.poll(four.names).toContain("pusher:subscription_succeeded");
  expect(backend.received.filter(({ raw }) => raw.includes("client-last"))).toEqual([]);
  for (const { page: each } of [one, two, three, four]) each.disconnect();
  await backend.close();
});
