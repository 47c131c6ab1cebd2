import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RawHubClient, refusedUpgrade, stockClient } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let acme: TestTenant;
let globex: TestTenant;
let ada: string;

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  globex = await stack.tenant("globex");
  ada = await acme.token("ada");
});
afterAll(() => stack.close());

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

async function negotiate(
  query: string,
  headers: Record<string, string> = bearer(ada),
  base = acme.url,
): Promise<Response> {
  return fetch(`${base}/hub/negotiate${query}`, { method: "POST", headers });
}

async function plain(url: string, init: RequestInit): Promise<[number, string]> {
  const response = await fetch(url, init);
  return [response.status, await response.text()];
}

describe("negotiate", () => {
  test("version 1 gives an id to show and a token to connect with", async () => {
    const response = await negotiate("?negotiateVersion=1");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toEqual({
      negotiateVersion: 1,
      connectionId: expect.stringMatching(/^[\w-]{22}$/),
      connectionToken: expect.stringMatching(/^[\w-]+$/),
      availableTransports: [
        { transport: "WebSockets", transferFormats: ["Text", "Binary"] },
        { transport: "ServerSentEvents", transferFormats: ["Text"] },
        { transport: "LongPolling", transferFormats: ["Text", "Binary"] },
      ],
    });
  });

  test("grants stateful reconnect to who asks, and to nobody else", async () => {
    const asked = await negotiate("?negotiateVersion=1&UseStatefulReconnect=true");
    expect(await asked.json()).toMatchObject({ useStatefulReconnect: true });
    for (const query of ["?negotiateVersion=1&useStatefulReconnect=false", "?useStatefulReconnect=true"])
      expect(await (await negotiate(query)).json()).not.toHaveProperty("useStatefulReconnect");
  });

  test("sends the clients of a tenant whose hub is elsewhere there, with what they asked for", async () => {
    const url = `${stack.url.replace("127.0.0.1", "localhost")}/tenant/acme/v1/hub?x=1`;
    await acme.key()("PATCH", "/admin/tenant", { settings: { hub: { url } } });
    const query = "?clientId=c&negotiateVersion=1&access_token=secret&useStatefulReconnect=true";
    expect(await (await negotiate(query)).json()).toEqual({ negotiateVersion: 0, url: `${url}&clientId=c` });
    const client = stockClient(`${acme.url}/hub?clientId=c`, { token: () => ada });
    await client.start();
    expect(client.connectionId).toMatch(/^[\w-]{22}$/);
    await client.stop();
    await acme.key()("PATCH", "/admin/tenant", { settings: { hub: { url: null } } });
    expect(await (await negotiate("")).json()).not.toHaveProperty("url");
  });

  test("without a version it is 0: one id for both", async () => {
    const body = (await (await negotiate("")).json()) as Record<string, unknown>;
    expect(body).toMatchObject({ negotiateVersion: 0, connectionId: expect.any(String) });
    expect(body).not.toHaveProperty("connectionToken");
    const client = new RawHubClient(`${acme.url}/hub?id=${body.connectionId}`, bearer(ada));
    await new Promise((resolve) => client.socket.once("open", resolve));
    client.socket.close();
    await client.closed;
  });

  test.each([
    ["9", { negotiateVersion: 1 }],
    ["x", { error: "The client requested a non-integer protocol version." }],
    ["-1", { error: "The client requested version '-1', but the server does not support this version." }],
  ])("version %s", async (version, expected) => {
    const response = await negotiate(`?NegotiateVersion=${version}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject(expected);
  });

  test("takes any letter case, v1.0, a trailing slash, and a body of any kind", async () => {
    for (const path of ["/TENANT/acme/V1/HUB/Negotiate", "/tenant/acme/v1.0/hub/negotiate/"]) {
      const headers = { ...bearer(ada), "content-type": "text/plain" };
      expect((await fetch(stack.url + path, { method: "POST", headers, body: "" })).status).toBe(200);
    }
  });

  test("takes a key that acts as a user, not a key on its own", async () => {
    const headers = { "x-api-key": acme.primaryKey };
    expect((await negotiate("", { ...headers, "x-act-as-user": "ada" })).status).toBe(200);
    expect((await negotiate("", headers)).status).toBe(403);
  });

  test("a key that acts as a user and may not read events gets no connection, by whatever way it asks for one", async () => {
    const wanted = { name: "writes only", scopes: ["act-as", "messages:read", "messages:write"] };
    const { body } = await acme.key()<{ key: string }>("POST", "/admin/api-keys", wanted);
    const headers = { "x-api-key": body.key, "x-act-as-user": "ada" };
    const missing = [403, expect.stringContaining("events:read")];
    expect(await plain(`${acme.url}/hub/negotiate`, { method: "POST", headers })).toEqual(missing);
    const { connectionToken } = (await (await negotiate("?negotiateVersion=1")).json()) as { connectionToken: string };
    const hub = `${acme.url}/hub?id=${connectionToken}`;
    expect(await plain(hub, { headers })).toEqual(missing);
    expect(await plain(hub, { headers: { ...headers, accept: "text/event-stream" } })).toEqual(missing);
    for (const address of [hub, `${acme.url}/hub`]) expect((await refusedUpgrade(address, headers)).status).toBe(403);
  });

  test("answers a browser of an allowed origin, credentials included", async () => {
    const origin = "https://app.example.com";
    const response = await negotiate("?negotiateVersion=1", { ...bearer(ada), origin });
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    const asks = {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "x-signalr-user-agent",
    };
    const preflight = await fetch(`${acme.url}/hub/negotiate`, { method: "OPTIONS", headers: asks });
    expect(preflight.ok).toBe(true);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("x-signalr-user-agent");
  });

  test("no credential and a bad one are 401, another tenant's is 403, in a few words of text", async () => {
    const answers = [
      await negotiate("", {}),
      await negotiate("", bearer("x.y.z")),
      await negotiate("", bearer(ada), globex.url),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403]);
    for (const answer of answers) {
      expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
      expect((await answer.text()).length).toBeLessThan(200);
    }
  });

  test("other methods are 405", async () => {
    expect((await plain(`${acme.url}/hub/negotiate`, { headers: bearer(ada) }))[0]).toBe(405);
    expect((await plain(`${acme.url}/hub/negotiate`, { method: "DELETE" }))[0]).toBe(405);
  });
});

describe("the hub's address without an upgrade", () => {
  test("answers in .NET's words", async () => {
    const { connectionToken: id } = (await (await negotiate("?negotiateVersion=1")).json()) as {
      connectionToken: string;
    };
    const hub = `${acme.url}/hub`;
    expect(await plain(hub, {})).toEqual([400, "Connection ID required"]);
    expect(await plain(hub, { method: "POST" })).toEqual([400, "Connection ID required"]);
    expect(await plain(`${hub}?id=nonsense`, { method: "POST" })).toEqual([404, "No Connection with that ID"]);
    expect(await plain(`${hub}?id=nonsense`, { method: "DELETE" })).toEqual([404, "No Connection with that ID"]);
    const shown = (method: string, headers = {}) => ({ method, headers: { ...bearer(ada), ...headers } });
    expect(await plain(`${hub}?id=${id}`, { method: "POST", body: "x" })).toEqual([401, expect.any(String)]);
    expect(await plain(`${hub}?id=${id}`, shown("POST"))).toEqual([404, "No Connection with that ID"]);
    const client = new RawHubClient(`${hub}?id=${id}`, bearer(ada));
    await new Promise((resolve) => client.socket.once("open", resolve));
    expect(await plain(`${hub}?id=${id}`, shown("POST"))).toEqual([
      405,
      "POST requests are not allowed for WebSocket connections.",
    ]);
    expect(await plain(`${hub}?id=${id}`, shown("DELETE"))).toEqual([
      400,
      "Cannot terminate this connection using the DELETE endpoint.",
    ]);
    const changed = [400, "Cannot change transports mid-connection"];
    expect(await plain(`${hub}?id=${id}`, shown("GET", { accept: "text/event-stream" }))).toEqual(changed);
    expect(await plain(`${hub}?id=${id}`, shown("GET"))).toEqual(changed);
    expect((await plain(`${hub}?id=${id}`, shown("PUT")))[0]).toBe(405);
    client.socket.close();
    await client.closed;
    expect(await plain(`${hub}?id=${id}`, shown("GET"))).toEqual([404, "No Connection with that ID"]);
  });
});

describe("an upgrade", () => {
  test("is refused with 401 and 403 before the socket is one", async () => {
    const hub = `${acme.url}/hub`;
    expect((await refusedUpgrade(hub)).status).toBe(401);
    expect((await refusedUpgrade(`${hub}?access_token=x.y.z`)).status).toBe(401);
    expect((await refusedUpgrade(hub, { "x-api-key": acme.primaryKey })).status).toBe(403);
    expect((await refusedUpgrade(`${globex.url}/hub`, bearer(ada))).status).toBe(403);
    expect((await refusedUpgrade(`${stack.url}/tenant/nobody/v1/hub`, bearer(ada))).status).toBe(403);
  });

  test("with an id that is unknown, of another user or of another tenant is 404", async () => {
    const { connectionToken } = (await (await negotiate("?negotiateVersion=1")).json()) as { connectionToken: string };
    const notFound = { status: 404, text: "No Connection with that ID" };
    expect(await refusedUpgrade(`${acme.url}/hub?id=nonsense`, bearer(ada))).toMatchObject(notFound);
    expect(
      await refusedUpgrade(`${acme.url}/hub?id=${connectionToken}`, bearer(await acme.token("bob"))),
    ).toMatchObject(notFound);
    expect(
      await refusedUpgrade(`${globex.url}/hub?id=${connectionToken}`, bearer(await globex.token("ada"))),
    ).toMatchObject(notFound);
  });

  test("with an id that is in use is 409", async () => {
    const { connectionToken } = (await (await negotiate("?negotiateVersion=1")).json()) as { connectionToken: string };
    const client = new RawHubClient(`${acme.url}/hub?id=${connectionToken}`, bearer(ada));
    await new Promise((resolve) => client.socket.once("open", resolve));
    expect((await refusedUpgrade(`${acme.url}/hub?id=${connectionToken}`, bearer(ada))).status).toBe(409);
    client.socket.close();
    await client.closed;
  });

  test("with an id from another node is accepted", async () => {
    const other = await stack.another();
    const negotiated = await fetch(`${other.url}/tenant/acme/v1/hub/negotiate?negotiateVersion=1`, {
      method: "POST",
      headers: bearer(ada),
    });
    const { connectionToken } = (await negotiated.json()) as { connectionToken: string };
    const client = new RawHubClient(`${acme.url}/hub?id=${connectionToken}&access_token=${ada}`);
    await new Promise((resolve) => client.socket.once("open", resolve));
    client.socket.close();
    await client.closed;
  });

  test("that is no WebSocket's is refused by words, not by a crash", async () => {
    const { request } = await import("node:http");
    const status = await new Promise((resolve) => {
      const headers = { ...bearer(ada), connection: "Upgrade", upgrade: "h2c" };
      const asked = request(`${acme.url}/hub`, { headers }, (response) => resolve(response.statusCode));
      asked.end();
    });
    expect(status).toBe(400);
  });
});

// Last: this address has then used up its tries.
test("an address that keeps coming without a valid credential is told to wait, one with a good one is not", async () => {
  // Slow to fill up again, or a slow machine would give the address new tries meanwhile.
  await acme.key()("PATCH", "/admin/tenant", { settings: { rates: { address: { rate: 0.1, burst: 100 } } } });
  const answers = await Promise.all(Array.from({ length: 150 }, () => negotiate("", bearer("x.y.z"))));
  const limited = answers.filter(({ status }) => status === 429);
  expect(limited.length).toBeGreaterThan(10);
  expect(Number(limited[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refusedUpgrade(`${acme.url}/hub?access_token=x.y.z`)).toMatchObject({
    status: 429,
    headers: { ratelimit: expect.any(String), "x-request-id": expect.any(String) },
  });
  expect((await negotiate("")).status).toBe(200);
});
