import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { choose, expect, pick, test } from "./journey.ts";
import { makeOwnTenant, type OwnTenant, password, pressCreate } from "./own-tenant.ts";
import { productUrl } from "./people.ts";

let own: OwnTenant;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "doors");
});
test.afterAll(async () => {
  // Asking for the password is an answer of 403, which the browser notes.
  expect(own.noise.filter((line) => !line.includes("403"))).toEqual([]);
  await own.close();
});

/** An identity provider: its keys, where its tokens say that they are. */
async function startIssuer() {
  const pair = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: "one", alg: "RS256", use: "sig" };
  const server = createServer((request, response) => {
    const answers: Record<string, object> = {
      "/.well-known/openid-configuration": { issuer, jwks_uri: `${issuer}/keys` },
      "/keys": { keys: [jwk] },
    };
    const answer = answers[request.url ?? ""];
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { issuer, privateKey: pair.privateKey, close };
}

type Key = Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];
const sign = (key: Key, iss: string, claims: object) =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "one" })
    .setIssuer(iss)
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(key);
const statusOf = async (token: string) =>
  (await fetch(`${productUrl()}/tenant/${own.tenantId}/v1/Chat`, { headers: { authorization: `Bearer ${token}` } }))
    .status;

test("tokens of a provider and of a public key count as the page says, and the tester says why others do not", async () => {
  const { page } = own;
  const provider = await startIssuer();
  await own.open("/issuers");
  const dialog = page.getByRole("dialog", { name: "Trust an issuer" });
  const table = page.getByRole("table", { name: "Issuers" });
  await pressCreate(page);
  await dialog.getByLabel("Name", { exact: true }).fill("Login");
  await dialog.getByLabel("Issuer's address").fill(provider.issuer);
  await dialog.getByLabel("Audience (aud)").fill("ferry");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(table.getByRole("row", { name: /^Login/ })).toContainText("for ferry");

  const of = { sub: "ada", aud: "ferry" };
  const good = await sign(provider.privateKey, provider.issuer, of);
  const elsewhere = await sign(provider.privateKey, provider.issuer, { ...of, aud: "train" });
  expect([await statusOf(good), await statusOf(elsewhere)]).toEqual([200, 401]);
  const tester = page.getByRole("region", { name: "Try a token" });
  const verdict = async (token: string, says: string) => {
    await tester.getByLabel("Token").fill(token);
    await tester.getByRole("button", { name: "Try it" }).click();
    await expect(tester.getByRole("status").first()).toContainText(says);
  };
  await verdict(good, "accepted");
  await verdict(elsewhere, "refused: audience");

  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  await pressCreate(page);
  await choose(page, dialog.getByRole("combobox", { name: "Kind" }), "Public key");
  await dialog.getByLabel("Name", { exact: true }).fill("Backend");
  await dialog.getByLabel("Issuer (iss)").fill("backend");
  await dialog.getByLabel("Public key").fill(await exportSPKI(publicKey));
  await dialog.getByText("Claims and groups").click();
  await dialog.getByLabel("The user is in").fill("login");
  await dialog.getByRole("button", { name: "Create" }).click();
  const backend = table.getByRole("row", { name: /^Backend/ });
  await expect(backend.getByText("trusted")).toBeVisible();
  const ours = await sign(privateKey, "backend", { login: "zoe", sub: "somebody else" });
  const forged = await sign(provider.privateKey, "backend", { login: "zoe" });
  expect([await statusOf(ours), await statusOf(forged)]).toEqual([200, 401]);
  await verdict(ours, "zoe");
  await verdict(forged, "refused: signature");
  await verdict(await sign(privateKey, "backend", { sub: "zoe" }), "refused: user");

  const act = async (item: string, confirm?: string) => {
    await pick(page.getByRole("button", { name: "Actions of Backend" }), item);
    if (confirm) await page.getByRole("alertdialog").getByRole("button", { name: confirm }).click();
  };
  await act("Switch off", "Switch off");
  await expect(backend.getByText("off", { exact: true })).toBeVisible();
  expect(await statusOf(ours)).toBe(401);
  await act("Switch on");
  await expect(backend.getByText("trusted")).toBeVisible();
  expect(await statusOf(ours)).toBe(200);
  await act("Delete", "Delete");
  await expect(backend).toHaveCount(0);
  expect([await statusOf(ours), await statusOf(good)]).toEqual([401, 200]);
  await provider.close();
});

test("a key may what it was given and no more, and nothing once it is deleted", async () => {
  const { page, tenantId } = own;
  await own.open("/keys");
  await pressCreate(page);
  await page.getByLabel("Name", { exact: true }).fill("Reader");
  await page.getByLabel("Read profiles").check();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  const key = (await page.locator("[data-secret]").textContent()) ?? "";
  await page.keyboard.press("Control+k");
  await page.getByLabel("I have stored it").check();
  await expect(page.getByRole("combobox", { name: "Page, act or id" })).toHaveCount(0);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.locator("[data-secret]")).toHaveCount(0); // the dialog fades, and keeps the key until then
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Page, act or id" })).toBeVisible();
  await page.keyboard.press("Escape");
  await own.call("PUT", "/Users/ada", { displayName: "Ada" });
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { "x-api-key": key, "content-type": "application/json" };
    const sent = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const response = await fetch(`${productUrl()}/tenant/${tenantId}/v1${path}`, sent);
    return response.ok ? 200 : ((await response.json()) as { code: string }).code;
  };
  expect(await ask("GET", "/Users/ada")).toBe(200);
  expect(await ask("POST", "/Notifications", { userId: "ada", subject: "s", message: "m" })).toBe("scope_missing");
  await pick(page.getByRole("button", { name: "Actions of Reader" }), "Delete");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("table", { name: "API keys" }).getByText("Reader")).toHaveCount(0);
  expect(await ask("GET", "/Users/ada")).toBe("unauthenticated");
});

/** As if ten minutes had gone by since the password was given, also for what the service has read of the session. */
async function forgetPassword() {
  await own.sql(
    "update person_sessions set sudo_until = now() - interval '1 minute' where person_id in (select person_id from operators where tenant_id = $1)",
    [own.tenantId],
  );
  const statusOfSecret = () =>
    own.page.evaluate(async (tenantId) => {
      const headers = { "x-tenant-id": tenantId };
      return (await fetch("/api/trpc/pusherApps.get", { headers })).status;
    }, own.tenantId);
  await expect.poll(statusOfSecret).toBe(403);
}

test("an issuer, a key and a chat are deleted by whoever says again who they are, and stay while nobody does", async () => {
  const { page } = own;
  const made = async (path: string, body: object) => (await own.call<{ id: string }>("POST", path, body)).body;
  const secret = "a secret of more than thirty-two bytes";
  await made("/admin/issuers", { name: "Old login", kind: "hs256", issuer: "old", secret });
  await made("/admin/api-keys", { name: "Old key", scopes: ["users:read"] });
  const chat = await made("/admin/chats", { name: "Old chat", memberUserIds: ["ada"] });
  const fromMenu = (name: string) => async () => {
    await pick(page.getByRole("button", { name: `Actions of ${name}` }), "Delete");
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  };
  const fromSettings = async () => {
    await page.getByRole("tab", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Delete…" }).click();
    await page.getByLabel("Type Old chat").fill("Old chat");
    await page.getByRole("button", { name: "Delete it" }).click();
  };
  const things = [
    { at: "/issuers", remove: fromMenu("Old login"), left: ["/admin/issuers", "Old login"] },
    { at: "/keys", remove: fromMenu("Old key"), left: ["/admin/api-keys", "Old key"] },
    { at: `/chats/${chat.id}`, remove: fromSettings, left: ["/admin/chats", "Old chat"] },
  ] as const;
  for (const { at, remove, left } of things) {
    const [list, name] = left;
    const isThere = async () => JSON.stringify((await own.call("GET", list)).body).includes(name);
    await own.open(at);
    await forgetPassword();
    const again = page.getByRole("dialog", { name: "Is it you?" });
    await remove();
    await expect(again.getByLabel("Password")).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(again).toHaveCount(0);
    expect(await isThere(), name).toBe(true);
    await remove();
    await again.getByLabel("Password").fill(password);
    await again.getByRole("button", { name: "Go on" }).click();
    await expect.poll(isThere, name).toBe(false);
    await expect(again).toHaveCount(0);
  }
});
