import type { HubConnection } from "@microsoft/signalr";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { eventually, RawHubClient, stockClient } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let acme: TestTenant;
const open: HubConnection[] = [];

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.stop()));
  await eventually(() => expect(connections()).toEqual([]));
});
afterAll(() => stack.close());

/** The node's own connections, as its sweep sees them. */
function connections() {
  return [...stack.api.realtime.connectionsOf(acme.tenantId)];
}

describe("closes", () => {
  async function watched() {
    const connection = stockClient(`${acme.url}/hub`, { token: () => acme.token("ada"), reconnect: [0, 100, 500] });
    open.push(connection);
    await connection.start();
    const heard: string[] = [];
    connection.onreconnecting((error) => heard.push(`reconnecting ${error?.message}`));
    connection.onreconnected(() => heard.push("reconnected"));
    connection.onclose((error) => heard.push(`closed ${error?.message}`));
    const [live] = connections();
    if (!live) throw new Error("no connection");
    return { heard, live, connection };
  }

  test.each(["slow_consumer", "expired", "flooding", "log_reset", "idle"] as const)(
    "%s: the client comes back by itself",
    async (reason) => {
      const { heard, live, connection } = await watched();
      const before = connection.connectionId;
      live.disconnect(reason);
      await eventually(() => expect(heard.at(-1)).toBe("reconnected"));
      expect(heard[0]).toMatch(/^reconnecting Server returned an error on close: /);
      expect(connection.connectionId).not.toBe(before);
    },
  );

  test.each(["revoked", "terminated"] as const)("%s: it does not", async (reason) => {
    const { heard, live } = await watched();
    live.disconnect(reason);
    await eventually(() => expect(heard).toHaveLength(1));
    expect(heard[0]).toMatch(/^closed Server returned an error on close: /);
  });

  test("a token that has run out has its grace period", async () => {
    const quiet = await RawHubClient.open(`${acme.url}/hub`, await acme.token("ada"));
    const [live] = connections();
    const expiresAt = live?.principal.expiresAt ?? 0;
    live?.sweep(expiresAt + 59_000);
    quiet.send({ type: 1, invocationId: "0", target: "Nope", arguments: [] });
    await quiet.completion("0");
    live?.sweep(expiresAt + 60_000);
    expect(await quiet.next(({ type }) => type === 7)).toEqual({
      type: 7,
      error: "The token has run out",
      allowReconnect: true,
    });
    expect((await quiet.closed).code).toBe(4401);
  });

  test("a fault of ours ends a socket with 1011", async () => {
    const raw = await RawHubClient.open(`${acme.url}/hub`, await acme.token("ada"));
    connections()[0]?.disconnect("internal");
    expect(await raw.next(({ type }) => type === 7)).toMatchObject({ allowReconnect: true });
    expect((await raw.closed).code).toBe(1011);
  });

  test("a client that says nothing at all is pinged, and kept", async () => {
    const quiet = await RawHubClient.open(`${acme.url}/hub`, await acme.token("ada"));
    const [live] = connections();
    live?.sweep(Date.now() + 14_000);
    await quiet.next(({ type }) => type === 6);
    quiet.send({ type: 7 });
    expect((await quiet.closed).code).toBe(1000);
  });

  test("a client whom the service fails to take in comes back", async () => {
    const taking = vi.spyOn(stack.api.realtime, "open").mockImplementationOnce(() => {
      throw new Error("a fault of ours");
    });
    const unlucky = await RawHubClient.open(`${acme.url}/hub`, await acme.token("ada"));
    taking.mockRestore();
    expect((await unlucky.closed).code).toBe(1011);
  });

  test("the 201st connection of a user is refused", async () => {
    const token = await acme.token("many");
    const clients: RawHubClient[] = [];
    for (let i = 0; i < 200; i += 20) {
      clients.push(
        ...(await Promise.all(Array.from({ length: 20 }, () => RawHubClient.open(`${acme.url}/hub`, token)))),
      );
    }
    const extra = await RawHubClient.open(`${acme.url}/hub`, token);
    expect(extra.messages).toEqual([{ error: "Too many connections of this user" }]);
    expect((await extra.closed).code).toBe(4429);
    const headers = { authorization: `Bearer ${token}` };
    const negotiated = await fetch(`${acme.url}/hub/negotiate?negotiateVersion=1`, { method: "POST", headers });
    const { connectionToken } = (await negotiated.json()) as Record<string, string>;
    const poll = () => fetch(`${acme.url}/hub?id=${connectionToken}`, { headers });
    const polled = await poll();
    expect([polled.status, await polled.text()]).toEqual([429, "Too many calls: Too many connections of this user"]);
    expect(polled.headers.get("ratelimit")).toBe('"connections";r=0;t=10');
    expect((await poll()).status).toBe(404); // nothing is kept of it, whether its client comes back or not
    for (const { socket } of clients) socket.terminate();
  });
});
