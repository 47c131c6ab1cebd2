import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { startStack } from "../../testing/stack.ts";

test("a connection that never asked for anything does not hold up a stop; one that did gets its answer", async () => {
  const stack = await startStack();
  const tenant = await stack.tenant("acme");
  const silent = connect(stack.api.port, "127.0.0.1");
  await once(silent, "connect");
  const una = tenant.as("una");
  const after = (await una<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
  const waiting = una("GET", `/events?wait=25&after=${after}`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const began = Date.now();
  const [answer] = await Promise.all([waiting, stack.close(), once(silent, "close")]);
  expect(answer).toMatchObject({ status: 503, body: { code: "unavailable" } });
  expect(Date.now() - began).toBeLessThan(20_000);
});
