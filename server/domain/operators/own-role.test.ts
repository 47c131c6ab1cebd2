import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { installationKey } from "../../auth/api-key.ts";
import { consoleHeaders, makeOperator, type SignedInOperator } from "../../testing/console.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";

let stack: Stack;
let acme: TestTenant;
/** What somebody else does at the same time, past row-level security. */
let rival: pg.Client;
let watcher: pg.Pool;

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  rival = new pg.Client({ connectionString: stack.database.ownerUrl });
  await rival.connect();
  watcher = new pg.Pool({ connectionString: stack.database.ownerUrl, max: 1 });
});
afterAll(async () => {
  await rival.end();
  await watcher.end();
  await stack.close();
});

const operator = (role: "owner" | "admin" | "support") =>
  makeOperator(stack.api.services.db, testSecret, { tenantId: acme.tenantId, role });
const rolesOf = async (...people: SignedInOperator[]) => {
  const { rows } = await watcher.query<{ person_id: string; role: string }>("select person_id, role from operators");
  return people.map(({ personId }) => rows.find(({ person_id }) => person_id === personId)?.role);
};
const ask = (by: SignedInOperator, operation: string, input: object) =>
  call(`${stack.url}/api/trpc/${operation}`, "POST", input, {
    ...consoleHeaders(by.session),
    "x-tenant-id": acme.tenantId,
  });

/** The answer to a call that waits for what somebody else does before it. */
async function after<T>(statements: string, begin: () => Promise<T>): Promise<T> {
  await rival.query(`begin; ${statements}`);
  try {
    const asked = begin();
    await expect.poll(() => sessionsWaiting(watcher), { interval: 10, timeout: 20_000 }).toBeGreaterThan(0);
    await rival.query("commit");
    return await asked;
  } finally {
    await rival.query("rollback");
  }
}

describe("whoever was demoted while the call waited", () => {
  let own: SignedInOperator;
  let other: SignedInOperator;
  beforeEach(async () => {
    [own, other] = await Promise.all([operator("owner"), operator("support")]);
  });
  const demoted = (ask: () => Promise<{ status: number }>) =>
    after(
      `select 1 from tenants where id = 'acme' for no key update;
       update operators set role = 'read-only' where person_id = '${own.personId}'`,
      ask,
    );

  test("does not get back by passing the tenant on", async () => {
    const asked = await demoted(() => ask(own, "operators.transferOwnership", { personId: other.personId }));
    expect(asked.status).toBe(403);
    expect(await rolesOf(own, other)).toEqual(["read-only", "support"]);
  });

  test("nor by a change of the own role", async () => {
    const asked = await demoted(() => ask(own, "operators.update", { personId: own.personId, role: "owner" }));
    expect(asked.status).toBe(403);
    expect(await rolesOf(own)).toEqual(["read-only"]);
  });

  test("nor takes the other out", async () => {
    expect((await demoted(() => ask(own, "operators.remove", { personId: other.personId }))).status).toBe(403);
    expect(await rolesOf(other)).toEqual(["support"]);
  });
});

test("an invitation that is taken back while somebody accepts it makes nobody an operator", async () => {
  const guest = await makeOperator(stack.api.services.db, testSecret, undefined);
  const invited = await acme.key()<{ link: string }>("POST", "/admin/operators/invitations", {
    email: guest.email,
    role: "admin",
  });
  const token = invited.body.link.split("/invite/")[1] ?? "";
  const accept = () =>
    call(`${stack.url}/api/console/account/invitations/${token}/accept`, "POST", {}, consoleHeaders(guest.session));
  expect((await after(`delete from operator_invitations where email = '${guest.email}'`, accept)).status).toBe(404);
  expect(await rolesOf(guest)).toEqual([undefined]);
});

test("whoever is an operator already keeps the role, and is told that one when an invitation is accepted", async () => {
  const [own, support] = await Promise.all([operator("owner"), operator("support")]);
  const invite = (email: string, role: string) =>
    call<{ result: { data: { link: string } } }>(
      `${stack.url}/api/trpc/operators.invite`,
      "POST",
      { email, role },
      { ...consoleHeaders(own.session), "x-tenant-id": acme.tenantId },
    );
  const accept = async (by: SignedInOperator, role: string) => {
    const { body } = await invite(by.email, role);
    const token = body.result.data.link.split("/").at(-1);
    const path = `/api/console/account/invitations/${token}/accept`;
    return call(`${stack.url}${path}`, "POST", {}, consoleHeaders(by.session));
  };
  expect(await accept(support, "admin")).toMatchObject({ status: 200, body: { tenantId: "acme", role: "support" } });
  expect(await rolesOf(support)).toEqual(["support"]);
  const nobody = await makeOperator(stack.api.services.db, testSecret, undefined);
  expect(await accept(nobody, "admin")).toMatchObject({ status: 200, body: { tenantId: "acme", role: "admin" } });
});

test("an invitation to be more than oneself is, is neither taken back nor replaced by a lesser one", async () => {
  const [own, admin] = await Promise.all([operator("owner"), operator("admin")]);
  const invited = await ask(own, "operators.invite", { email: "heir@example.com", role: "owner" });
  const { invitationId } = (invited.body as { result: { data: { invitationId: string } } }).result.data;
  const roleNow = async () =>
    (await watcher.query("select role from operator_invitations where email = 'heir@example.com'")).rows;
  expect((await ask(admin, "operators.revokeInvitation", { invitationId })).status).toBe(403);
  const lesser = { email: "heir@example.com", role: "read-only" };
  expect((await ask(admin, "operators.invite", lesser)).status).toBe(403);
  expect(await roleNow()).toEqual([{ role: "owner" }]);
  expect((await ask(own, "operators.invite", lesser)).status).toBe(200);
  expect(await roleNow()).toEqual([{ role: "read-only" }]);
  const [{ id = "" } = {}] = (
    await watcher.query<{ id: string }>("select id from operator_invitations where email = 'heir@example.com'")
  ).rows;
  expect((await ask(admin, "operators.revokeInvitation", { invitationId: id })).status).toBe(200);
});

test("a tenant invites fifty at once, then no faster than they can all be mailed", async () => {
  const other = await stack.tenant("globex");
  const ten = (from: number) =>
    Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const guest = { email: `guest-${from + i}@example.com`, role: "support" };
        return (await other.key()("POST", "/admin/operators/invitations", guest)).status;
      }),
    );
  const statuses: number[] = [];
  // A machine that stalls gives some back: one in half a minute.
  while (!statuses.includes(429) && statuses.length < 80) statuses.push(...(await ten(statuses.length)));
  expect(new Set(statuses)).toEqual(new Set([201, 429]));
  expect(statuses.slice(0, 50)).not.toContain(429);
});

test("who came by an invitation, who left, and what the installation did to the tenant are in its audit log", async () => {
  const [club, guest] = [await stack.tenant("club"), await makeOperator(stack.api.services.db, testSecret, undefined)];
  const invite = async (email: string) =>
    (await club.key()<{ link: string }>("POST", "/admin/operators/invitations", { email, role: "admin" })).body.link;
  const token = (await invite(guest.email)).split("/invite/")[1];
  const asGuest = (method: string, path: string) =>
    call(
      `${stack.url}/api/console${path}`,
      method,
      method === "DELETE" ? undefined : {},
      consoleHeaders(guest.session),
    );
  expect((await asGuest("POST", `/account/invitations/${token}/accept`)).status).toBe(200);
  const fresh = (await invite("fresh@operators.example")).split("/invite/")[1];
  const account = { password: "correct horse battery", name: "Fresh" };
  const came = await call(`${stack.url}/api/console/invitations/${fresh}/accept`, "POST", account, {});
  expect(came.status).toBe(201);
  expect((await asGuest("DELETE", "/account/tenants/club")).status).toBe(200);
  const credential = { "x-api-key": installationKey(testSecret) };
  const standing = { rate: { rate: 5, burst: 9 } };
  expect((await call(`${stack.url}/installation/tenants/club`, "PATCH", standing, credential)).status).toBe(200);

  const { data } = (await club.key()<{ data: object[] }>("GET", "/admin/audit?outcome=ok")).body;
  const joined = { target: `personId:${guest.personId}`, input: { role: "admin" } };
  const { personId, email } = guest;
  expect(data).toMatchObject([
    { operation: "installation.updateTenant", actor: { kind: "installation", id: "key" }, input: standing },
    { operation: "account.leaveTenant", actor: { kind: "operator", id: personId, name: email }, ...joined },
    { operation: "people.acceptInvitation", actor: { name: "fresh@operators.example" }, input: { role: "admin" } },
    { operation: "operators.invite" },
    { operation: "account.acceptInvitation", actor: { kind: "operator", id: personId, name: email }, ...joined },
    { operation: "operators.invite" },
  ]);
});
