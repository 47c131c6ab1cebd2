import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../persistence/project-root.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { call, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { insertDeliveries } from "../deliveries/store.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  await tenant.key()("PATCH", "/admin/mail/settings", { postmarkSecret: "open sesame" });
});
afterAll(() => stack.close());

const fixture = (name: string) =>
  readFileSync(join(projectRoot(), "server/testing/recorded/bounces", `${name}.json`), "utf8");
const post = (name: string, headers: Record<string, string> = {}, query = "", to = tenant) =>
  call(`${to.url}/mail/events/postmark${query}`, "POST", fixture(name), {
    "content-type": "application/json",
    ...headers,
  });
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString("base64")}` });
const suppressed = async (of = tenant) =>
  (await of.key()<{ data: { address: string; reason: string }[] }>("GET", "/admin/suppressions")).body.data
    .map(({ address, reason }) => `${address} ${reason}`)
    .sort();

test("succeeds with the secret as password in the address, as query, and as header", async () => {
  expect((await post("postmark-bounce", basic("parley:open sesame"))).status).toBe(200);
  expect(await suppressed()).toEqual(["gone@example.com bounce"]);
  expect((await post("postmark-complaint", {}, "?secret=open%20sesame")).status).toBe(200);
  expect((await post("postmark-complaint", { "x-webhook-secret": "open sesame" })).status).toBe(200);
  expect(await suppressed()).toEqual(["cross@example.com complaint", "gone@example.com bounce"]);
});

test("says of the mail itself that it came back", async () => {
  const delivery = { cause: "event:1", userId: "gone", channel: "email", kind: "notification", type: "T" } as const;
  const rows = [{ ...delivery, subject: "S", status: "sent", address: "gone@example.com", epoch: 1 } as const];
  const id = await unitOfWork(stack.api.services.db, tenant.tenantId, async ({ tx }) =>
    String((await insertDeliveries(tx, tenant.tenantId, rows))[0]?.id),
  );
  const body = fixture("postmark-bounce").replace("DELIVERY", String(id));
  const headers = { "content-type": "application/json", "x-webhook-secret": "open sesame" };
  expect((await call(`${tenant.url}/mail/events/postmark`, "POST", body, headers)).status).toBe(200);
  expect((await tenant.key()("GET", `/admin/deliveries/${id}`)).body).toMatchObject({
    status: "bounced",
    detail: expect.stringContaining("does not exist"),
  });
});

test("refuses another secret, none, and every one where none is set", async () => {
  const other = await stack.tenant("globex");
  expect((await post("postmark-bounce", basic("parley:close sesame"))).status).toBe(403);
  expect((await post("postmark-bounce")).status).toBe(403);
  expect((await post("postmark-bounce", basic("parley:open sesame"), "", other)).status).toBe(403);
  expect((await post("postmark-bounce", basic("parley:"), "", other)).status).toBe(403);
  expect(await suppressed(other)).toEqual([]);
});

test("a Basic password opens nothing else", async () => {
  expect((await call(`${tenant.url}/admin/mail/settings`, "GET", undefined, basic("parley:open sesame"))).status).toBe(
    401,
  );
});
