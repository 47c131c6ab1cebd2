import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, test } from "vitest";
import { freePort } from "../../testing/free-port.ts";
import { isInstalled } from "../../testing/installed.ts";
import { expectMuteIsNoticed } from "../../testing/mute-bus.ts";
import { createRedisBus } from "./redis-bus.ts";

let redis: ChildProcess | undefined;
let port: number;

beforeAll(async () => {
  if (!isInstalled("redis-server")) return;
  port = await freePort();
  const child = spawn("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
  redis = child;
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (text) => String(text).includes("Ready to accept connections") && resolve());
  });
});
afterAll(async () => {
  if (redis?.kill("SIGKILL")) await once(redis, "exit");
});

test("a Redis that falls mute is noticed, by who only listens too, and heard again when it is back", async ({
  skip,
}) => {
  if (!redis) skip("the bus over Redis is not run: no redis-server is installed here");
  await expectMuteIsNoticed(`redis://127.0.0.1:${port}`, createRedisBus);
});
