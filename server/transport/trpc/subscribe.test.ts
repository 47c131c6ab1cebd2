import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signUserToken } from "../../domain/tokens/sign-user-token.ts";
import { type CutProxy, openCutProxy } from "../../testing/cut-proxy.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { type ConnectionParams, overSse, overWebSocket, type SubscribeInput } from "../../testing/trpc-listener.ts";

let stack: Stack;
let tenant: TestTenant;
let wire: CutProxy;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  wire = await openCutProxy(stack.url);
});
afterAll(async () => {
  await wire.close();
  await stack.close();
});

/** A chat of its own for each test, so that none hears another. */
async function makeChat(
  userId: string,
): Promise<{ id: string; send(content: string): Promise<unknown>; since(): Promise<string> }> {
  const caller = tenant.as(userId);
  const { body } = await caller<{ id: string }>("POST", "/Chat", { name: "Crew" });
  return {
    id: body.id,
    send: (content) => caller("POST", `/Chat/${body.id}/messages`, { content }),
    since: async () => (await caller<{ nextCursor: string }>("GET", "/events")).body.nextCursor,
  };
}

/** A token as of an identity provider that knows of no tenants. */
async function withoutTenant(userId: string): Promise<string> {
  const own = (await stack.api.services.security.snapshot("acme"))?.issuers.find(({ kind }) => kind === "internal");
  if (own?.kind !== "internal") throw new Error("The tenant has no issuer of its own");
  const token = new SignJWT({ sub: userId, iss: own.issuer }).setProtectedHeader({ alg: "HS256" }).setIssuedAt();
  return token.setExpirationTime("1h").sign(own.secret);
}

const transports = [
  { name: "WebSocket", connect: overWebSocket },
  { name: "SSE", connect: overSse },
];

describe.each(transports)("events.subscribe over $name", ({ name, connect }) => {
  let users = 0;
  const newUser = () => `${name}-${++users}`.toLowerCase();
  const as = (userId: string) => async () => ({ token: await tenant.token(userId) });

  test("yields what happens from now on, in order, each tracked by its event id", async () => {
    const user = newUser();
    const chat = await makeChat(user);
    const client = connect(wire.url, as(user));
    const listening = client.listen();
    await listening.started;
    for (const text of ["one", "two", "three"]) await chat.send(text);
    await listening.until(3);
    expect(listening.texts()).toEqual(["one", "two", "three"]);
    for (const { id, data } of listening.got)
      expect(data).toMatchObject({ eventId: id, type: "message.created", tenantId: "acme", chatId: chat.id });
    client.close();
  });

  test("a key in connectionParams reads as the user that they name; a token without a tenant is of the one that they name", async () => {
    const user = newUser();
    const chat = await makeChat(user);
    const client = connect(wire.url, () => ({ apiKey: tenant.primaryKey, actAsUser: user }));
    const listening = client.listen();
    await listening.started;
    await (await makeChat(newUser())).send("not for them");
    await chat.send("for them");
    await listening.until(1);
    expect(listening.texts()).toEqual(["for them"]);
    client.close();
    const unnamed = connect(wire.url, async () => ({ token: await withoutTenant(user) }));
    expect(await unnamed.listen().failed()).toEqual({ code: "unauthenticated", status: 401 });
    unnamed.close();
    const named = connect(wire.url, async () => ({ token: await withoutTenant(user), tenantId: "acme" }));
    await named.listen().started;
    named.close();
  });

  test("says that it has started when it listens, and not before", async () => {
    const client = connect(wire.url, as(newUser()));
    await client.listen().started; // what is looked at once is looked at
    const { pool } = stack.api.services.db;
    let busy = true;
    const rest = () => {
      busy = false;
    };
    const sleeps = Array.from({ length: pool.options.max }, () => pool.query("select pg_sleep(0.7)").then(rest));
    await client.listen().started;
    expect(busy).toBe(false);
    await Promise.all(sleeps);
    client.close();
  });

  test("resumes after its wire was cut: nothing missing, nothing twice", async () => {
    const user = newUser();
    const chat = await makeChat(user);
    const client = connect(wire.url, as(user));
    const listening = client.listen({ since: await chat.since() });
    await listening.started;
    await chat.send("before");
    await listening.until(1);
    wire.cut();
    await chat.send("meanwhile 1");
    await chat.send("meanwhile 2");
    wire.mend();
    await listening.until(3);
    await chat.send("after");
    await listening.until(4);
    expect(listening.texts()).toEqual(["before", "meanwhile 1", "meanwhile 2", "after"]);
    expect(listening.error).toBeUndefined();
    client.close();
  });

  test("begins after a cursor, and leaves out the kinds that were not asked for", async () => {
    const user = newUser();
    const chat = await makeChat(user);
    const since = await chat.since();
    await chat.send("early");
    await tenant.as(user)("POST", `/Chat/${chat.id}/members`, { userId: "guest" });
    const client = connect(wire.url, as(user));
    const [all, members] = [client.listen({ since }), client.listen({ since, kinds: ["member.added"] })];
    const spelled = client.listen({ Since: since, Kinds: ["member.added"] } as SubscribeInput);
    await all.until(2);
    await members.until(1);
    await spelled.until(1);
    await chat.send("late");
    await all.until(3);
    expect(all.got.map(({ data }) => data.type)).toEqual(["message.created", "member.added", "message.created"]);
    for (const { got } of [members, spelled]) expect(got.map(({ data }) => data.type)).toEqual(["member.added"]);
    client.close();
  });

  test("says of a cursor that it is not good, and not of which tenant it is", async () => {
    const user = newUser();
    const chat = await makeChat(user);
    const { cursors } = stack.api.services;
    const { epoch, position } = cursors.decode(tenant.tenantId, await chat.since());
    const other = await stack.tenant(`other-${name.toLowerCase()}`);
    const client = connect(wire.url, as(user));
    const fails = (since: string) => client.listen({ since }).failed();
    expect(await fails("garbage")).toEqual({ code: "cursor_invalid", status: 400 });
    expect(await fails(cursors.encode(other.tenantId, epoch, 1))).toEqual({ code: "cursor_invalid", status: 400 });
    expect(await fails(cursors.encode(tenant.tenantId, epoch, position + 1000))).toEqual({
      code: "cursor_expired",
      status: 410,
    });
    expect(await fails(cursors.encode(tenant.tenantId, epoch + 1, 1))).toEqual({ code: "cursor_expired", status: 410 });
    client.close();
  });

  test("refuses who has no credential, a bad one or one without the scope, and fields that are wrong", async () => {
    const made = await tenant.key()<{ key: string }>("POST", "/admin/api-keys", {
      name: "blind",
      scopes: ["chats:read"],
    });
    const refused = async (params: ConnectionParams, input?: SubscribeInput) => {
      const client = connect(wire.url, () => params);
      const failure = await client.listen(input).failed();
      client.close();
      return failure;
    };
    expect(await refused({ tenantId: "acme" })).toEqual({ code: "unauthenticated", status: 401 });
    expect(await refused({ tenantId: "acme", token: "x" })).toEqual({ code: "unauthenticated", status: 401 });
    expect(await refused({ tenantId: "nobody", apiKey: tenant.primaryKey })).toEqual({
      code: "forbidden",
      status: 403,
    });
    expect(await refused({ tenantId: "acme", apiKey: made.body.key })).toEqual({ code: "scope_missing", status: 403 });
    const token = await tenant.token("ada");
    expect(await refused({ token }, { kinds: ["nonsense"] as never })).toEqual({ code: "invalid", status: 400 });
  });

  test("shows a key the whole tenant, and one that acts as a user what that user sees", async () => {
    const [ada, ben] = [newUser(), newUser()];
    const [chat, other] = [await makeChat(ada), await makeChat(ben)];
    const key = { tenantId: "acme", apiKey: tenant.primaryKey };
    const [wide, narrow] = [connect(wire.url, () => key), connect(wire.url, () => ({ ...key, actAsUser: ben }))];
    const [all, bens] = [wide.listen({ kinds: ["message.created"] }), narrow.listen()];
    await Promise.all([all.started, bens.started]);
    await chat.send("ada's");
    await other.send("ben's");
    await all.until(2);
    await bens.until(1);
    expect(all.texts()).toEqual(["ada's", "ben's"]);
    expect(bens.texts()).toEqual(["ben's"]);
    for (const client of [wide, narrow]) client.close();
  });

  test("holds nothing after its client has left", async () => {
    const user = newUser();
    const client = connect(wire.url, as(user));
    const { realtime } = stack.api;
    const held = () =>
      [...realtime.connectionsOf(tenant.tenantId)].filter(({ principal }) => principal.userId === user).length;
    await client.listen().started;
    expect(held()).toBe(1);
    client.close();
    await expect.poll(held).toBe(0);
  });
});

describe("a token that runs out", () => {
  const lasting = async (userId: string, expiresIn: number) => {
    const { security } = stack.api.services;
    return { token: (await signUserToken(security, tenant.tenantId, { userId, expiresIn })).token };
  };
  /** Looks at a user's connections as the node does when a minute's token has run out. */
  const runOut = (userId: string) => {
    for (const connection of stack.api.realtime.connectionsOf(tenant.tenantId))
      if (connection.principal.userId === userId) connection.sweep(Date.now() + 120_000);
  };

  test("ends the WebSocket after the tenant's grace; with a fresh one the client goes on where it was", async () => {
    await tenant.key()("PATCH", "/admin/tenant", { settings: { tokenExpiry: { grace: 0 } } });
    const user = "renewing";
    const chat = await makeChat(user);
    let connects = 0;
    const params = () => (connects++ === 0 ? lasting(user, 60) : tenant.token(user).then((token) => ({ token })));
    const client = overWebSocket(wire.url, params);
    const listening = client.listen({ since: await chat.since() });
    await listening.started;
    await chat.send("before");
    runOut(user);
    await expect.poll(() => connects).toBe(2);
    await chat.send("after");
    await listening.until(2);
    expect(listening.texts()).toEqual(["before", "after"]);
    expect(listening.error).toBeUndefined();
    client.close();
  });

  test("ends the event stream, and the next try says why", async () => {
    const client = overSse(wire.url, () => lasting("expiring", 3));
    const listening = client.listen();
    await listening.started;
    expect(await listening.failed()).toEqual({ code: "unauthenticated", status: 401 });
    client.close();
  });
});

test("revocation ends a subscription at once, and says why", async () => {
  const client = overWebSocket(wire.url, async () => ({ token: await tenant.token("revoked") }));
  const listening = client.listen();
  await listening.started;
  await tenant.key()("POST", "/admin/users/revoked/revoke");
  expect(await listening.failed()).toEqual({ code: "unauthenticated", status: 401 });
  client.close();
});

test.each(transports)("a node that ends sends its $name clients to another, where they go on", async ({ connect }) => {
  const [first, second] = [await stack.another(), await stack.another()];
  wire.pointTo(first.url);
  const chat = await makeChat("mover");
  const client = connect(wire.url, async () => ({ token: await tenant.token("mover") }));
  const listening = client.listen({ since: await chat.since() });
  await listening.started;
  await chat.send("on the first");
  await listening.until(1);
  wire.pointTo(second.url);
  await first.api.close();
  first.api.close = async () => {}; // the stack closes what it has opened, and once is enough
  await chat.send("between");
  await listening.until(2);
  await chat.send("on the second");
  await listening.until(3);
  expect(listening.texts()).toEqual(["on the first", "between", "on the second"]);
  expect(listening.error).toBeUndefined();
  client.close();
  wire.pointTo(stack.url);
});
