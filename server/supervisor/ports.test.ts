import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { listenOptions } from "../config/config.ts";
import { freePort } from "../testing/free-port.ts";
import { usableHosts } from "./ports.ts";

const open: Server[] = [];
afterEach(() => Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))));

const quiet = () => {};

/** As the api does: on each of them. */
async function listenOn(hosts: string[], port: number): Promise<void> {
  for (const host of hosts) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(listenOptions(host, { host: hosts, port }), resolve);
    });
    open.push(server);
  }
}

test.each([
  [["127.0.0.1", "127.0.0.1"], ["127.0.0.1"]],
  [["127.0.0.1", "192.0.2.1"], ["127.0.0.1"]],
  [["localhost", "127.0.0.1", "::1"], undefined],
  [
    ["0.0.0.0", "::"],
    ["0.0.0.0", "::"],
  ],
  [
    ["::", "0.0.0.0"],
    ["::", "0.0.0.0"],
  ],
])("what %j leaves can all be listened on", async (hosts, left) => {
  const port = await freePort();
  const hasV6 = await usableHosts(["::"], port, quiet).then(
    () => true,
    () => false,
  );
  const usable = await usableHosts(hosts, port, quiet);
  if (left) expect(usable).toEqual(left.filter((host) => hasV6 || !host.includes(":")));
  await listenOn(usable, port);
  expect(open).toHaveLength(usable.length);
});

test("a port that somebody else has is said, and so is a host that is not here", async () => {
  const port = await freePort();
  await listenOn(["127.0.0.1"], port);
  await expect(usableHosts(["127.0.0.1"], port, quiet)).rejects.toThrow(/in use on 127.0.0.1/);
  await expect(usableHosts(["192.0.2.1"], await freePort(), quiet)).rejects.toThrow(/no address of this machine/);
});

test("an address that is not here beside one that is gets a line, but for ::1, which the defaults name", async () => {
  const said: string[] = [];
  const hosts = ["192.0.2.1", "127.0.0.1", "::1"];
  expect(await usableHosts(hosts, await freePort(), (line) => said.push(line))).toContain("127.0.0.1");
  expect(said).toEqual(["192.0.2.1 in HOST is no address of this machine: Parley does not listen there"]);
});
