import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { frame } from "../../realtime/connection.ts";
import { PollLink } from "./poll-link.ts";

let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The response to a poll whose client has gone. */
async function abandoned(): Promise<ServerResponse> {
  const client = connect(port, "127.0.0.1");
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const [, response] = (await once(server, "request")) as [unknown, ServerResponse];
  client.destroy();
  await once(response, "close");
  return response;
}

function openLink() {
  const gone: number[] = [];
  const link = new PollLink({
    now: () => 1_000_000,
    onGone: () => gone.push(1),
    onSlow: () => {},
    ip: () => "192.0.2.1",
  });
  return { link, gone };
}

test("a client that left while it was asked who it is, is given with its next poll what came meanwhile", async () => {
  const { link } = openLink();
  link.take(await abandoned(), {});
  link.write(frame(Buffer.from("said meanwhile")));
  link.flush();
  const asked = once(server, "request") as Promise<[unknown, ServerResponse]>;
  const answer = fetch(`http://127.0.0.1:${port}/`);
  link.take((await asked)[1], {});
  link.end(1000, ""); // else a poll that nothing came for waits
  expect(await (await answer).text()).toBe("said meanwhile");
});

test("and is forgotten as soon as any that does not ask", async () => {
  const { link, gone } = openLink();
  link.take(await abandoned(), {});
  link.sweep(1_015_000);
  expect(gone).toHaveLength(1);
});

/** More than a reader is given before it has read some. */
const much = frame(Buffer.alloc(300 * 1024));

test("a backfill goes on when the poll that waited has been given all there was", async () => {
  const { link } = openLink();
  const asked = once(server, "request") as Promise<[unknown, ServerResponse]>;
  const answer = fetch(`http://127.0.0.1:${port}/`);
  link.take((await asked)[1], {});
  link.write(much);
  await link.pressure();
  expect((await (await answer).arrayBuffer()).byteLength).toBe(300 * 1024);
});

test.each([
  ["does not ask any more", (link: PollLink) => link.sweep(1_015_000)],
  ["has said goodbye", (link: PollLink) => link.hangUp()],
])("and waits no longer for a client that %s", async (_, leave) => {
  const { link } = openLink();
  link.write(much);
  const room = link.pressure();
  leave(link);
  await room;
  await link.pressure();
});
