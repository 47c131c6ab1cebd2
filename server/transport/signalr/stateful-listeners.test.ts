import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RawHubClient } from "../../testing/hub-client.ts";
import { call, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let acme: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
});
afterAll(() => stack.close());

/** A client with stateful reconnect that has shaken hands and says nothing more. */
async function listener(agent: string) {
  const headers = { authorization: `Bearer ${await acme.token("bob")}`, "user-agent": agent };
  const query = "negotiateVersion=1&useStatefulReconnect=true";
  const negotiated = await call<Record<string, string>>(
    `${acme.url}/hub/negotiate?${query}`,
    "POST",
    undefined,
    headers,
  );
  const client = new RawHubClient(`${acme.url}/hub?id=${negotiated.body.connectionToken}`, headers);
  await once(client.socket, "open");
  client.send({ protocol: "json", version: 2 });
  await client.next(() => true);
  return client;
}

test("a .NET client that only listens hears at once; what may not count yet, from its first word on", async () => {
  const dotNet = await listener("Microsoft SignalR/8.0 (8.0.11+b5c2a5a; Ubuntu 22.04; .NET; .NET 8.0.11)");
  const node = await listener("Microsoft SignalR/10.0 (10.0.11; linux; NodeJS; 20.11.0)");
  await acme
    .as("ada")("POST", "/Chat", { memberUserIds: ["bob"] })
    .then(({ body }) => acme.as("ada")("POST", `/Chat/${body.id}/messages`, { content: "Ahoy" }));
  const heard = await dotNet.next(({ target }) => target === "MessagingEvent");
  expect(node.messages).toEqual([{}]);
  node.send({ type: 6 });
  expect(await node.next(({ target }) => target === "MessagingEvent")).toEqual(heard);
  for (const client of [dotNet, node]) {
    client.send({ type: 7 });
    await client.closed;
  }
});
