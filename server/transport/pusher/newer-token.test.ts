import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { signUserToken } from "../../domain/tokens/sign-user-token.ts";
import { appOf, RawPusher } from "../../testing/pusher-client.ts";
import { call, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let acme: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  await acme.key()("PATCH", "/admin/tenant", { settings: { tokenExpiry: { grace: 0 } } });
});
afterAll(() => stack.close());

test("a token that ran out ends its connection, but not one that gets a newer while that is looked at", async () => {
  const { security } = stack.api.services;
  const { key } = await appOf(acme);
  const page = async (user: string) => {
    const raw = await RawPusher.open(stack.url, key);
    const channel = `private-user-${user}`;
    /** Subscribes by a token of so many seconds. */
    const enter = async (expiresIn: number) => {
      const { token } = await signUserToken(security, acme.tenantId, { userId: user, expiresIn });
      const asked = { socket_id: raw.socketId, channel_name: channel };
      const bearer = { authorization: `Bearer ${token}` };
      const { body } = await call<{ auth: string }>(`${acme.url}/pusher/auth`, "POST", asked, bearer);
      const before = raw.all("pusher_internal:subscription_succeeded").length;
      raw.send("pusher:subscribe", { channel, auth: body.auth });
      await expect.poll(() => raw.all("pusher_internal:subscription_succeeded").length).toBe(before + 1);
    };
    await enter(60);
    return { raw, enter };
  };
  const [goes, stays] = [await page("ada"), await page("ben")];

  const snapshot = security.snapshot.bind(security);
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const looks: Promise<unknown>[] = [];
  const late = vi.spyOn(security, "snapshot").mockImplementation((id) => {
    const look = held.then(() => snapshot(id));
    looks.push(look);
    return look;
  });
  for (const connection of stack.api.realtime.connectionsOf(acme.tenantId)) connection.sweep(Date.now() + 120_000);
  late.mockRestore();
  await stays.enter(3600);
  answer();
  await Promise.all(looks);
  expect(looks.length).toBeGreaterThanOrEqual(2);
  expect((await goes.raw.closed).code).toBe(4200);
  stays.raw.send("pusher:ping");
  await stays.raw.next("pusher:pong");
  stays.raw.socket.close();
  await stays.raw.closed;
});
