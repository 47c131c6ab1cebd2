import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TenantId } from "../../auth/principal.ts";
import { openCutProxy } from "../../testing/cut-proxy.ts";
import { freePort } from "../../testing/free-port.ts";
import { isInstalled } from "../../testing/installed.ts";
import type { Bus, BusMessage } from "./bus.ts";
import { createRedisBus } from "./redis-bus.ts";

// Of which a busy machine may keep a process waiting a part.
const patienceMs = 2000;
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

/** Says it again until it is heard: what is said on a bus may be lost. */
async function expectHeard(from: Bus, by: Bus, tenantId: string): Promise<void> {
  const message: BusMessage = { kind: "recheck", tenantId: tenantId as TenantId };
  const heard: BusMessage[] = [];
  by.onMessage((each) => void heard.push(each));
  await expect
    .poll(
      () => {
        from.publish(message);
        return heard;
      },
      { timeout: 10_000 },
    )
    .toContainEqual(message);
}

test("a Redis that falls mute is noticed, by who only listens too, and heard again when it is back", async ({
  skip,
}) => {
  if (!redis) skip("the bus over Redis is not run: no redis-server is installed here");
  const target = `redis://127.0.0.1:${port}`;
  const proxy = await openCutProxy(target);
  const errors: unknown[] = [];
  const open = (url: string, nodeId: string) =>
    createRedisBus({ url, nodeId, patienceMs, onError: (error) => void errors.push(error) });
  const near = await open(target, "near");
  const far = await open(proxy.url.replace("http", "redis"), "far");
  await expectHeard(far, near, "a");
  await expectHeard(near, far, "b");
  await sleep(3 * patienceMs); // a quiet connection is no lost one
  expect([far.healthy(), errors]).toEqual([true, []]);

  proxy.mute();
  await expect.poll(() => far.healthy()).toBe(false);
  expect(near.healthy()).toBe(true);
  proxy.mend(); // of a connection that was not given up nothing would ever come again
  await expect.poll(() => far.healthy()).toBe(true);
  await expectHeard(far, near, "c");
  await expectHeard(near, far, "d");
  await Promise.all([near.close(), far.close(), proxy.close()]);
});
