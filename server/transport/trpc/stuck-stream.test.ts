import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LogEvent } from "../../events.ts";
import type { LiveConnection } from "../../realtime/live-connection.ts";
import { Outgoing, type Sink } from "../../realtime/subscription.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

describe("a stream that is not read", () => {
  /** One with more on its way than its wire takes. */
  async function stuckStream(userId: string) {
    const socket = connect(stack.api.port, "127.0.0.1");
    const authorization = `Bearer ${await tenant.token(userId)}`;
    socket.write(`GET /api/trpc/events.subscribe HTTP/1.0\r\nAuthorization: ${authorization}\r\n\r\n`);
    await once(socket, "readable");
    const find = () =>
      stack.api.realtime.connectionsOf(tenant.tenantId).find((each) => each.principal.userId === userId);
    const stream = find() as LiveConnection & Sink;
    let sent = 0;
    for (; !stream.pressure?.(); await sleep(10)) {
      const payload = { id: ++sent, content: "x".repeat(200_000) };
      const event: LogEvent = { tenantId: tenant.tenantId, position: sent, type: "message.created", at: "", payload };
      stream.deliver(new Outgoing(event, () => String(sent)));
    }
    return { socket, stream, find, sent };
  }

  test("is cut off once its credential is revoked, and its user not there any more", async () => {
    const { stream, find } = await stuckStream("unmoved");
    stream.disconnect("revoked");
    stream.sweep(Date.now() + 4000);
    await sleep(50);
    expect(find() === stream).toBe(true);
    stream.sweep(Date.now() + 5000);
    await expect.poll(() => find() === undefined).toBe(true);
  });

  test("is told why it ends, and no more of what waited, when it is read after all", async () => {
    const { socket, stream, sent } = await stuckStream("late");
    stream.disconnect("revoked");
    let said = "";
    for await (const chunk of socket) said += chunk;
    expect([said.includes("no longer valid"), said.includes(`"data":{"id":${sent},`)]).toEqual([true, false]);
  });
});
