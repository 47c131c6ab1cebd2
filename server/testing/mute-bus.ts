import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import type { Bus, BusMessage } from "../log/bus/bus.ts";
import { openCutProxy } from "./cut-proxy.ts";

interface Options {
  url: string;
  nodeId: string;
  patienceMs: number;
  onError(error: unknown): void;
}

// Of which a busy machine may keep a process waiting a part.
const patienceMs = 2000;

/** What carries the bus falls mute for one of two nodes, which only listens: it notices, and hears again when it is back. */
export async function expectMuteIsNoticed(target: string, create: (options: Options) => Promise<Bus>): Promise<void> {
  const proxy = await openCutProxy(target);
  const errors: unknown[] = [];
  const open = (url: string, nodeId: string) =>
    create({ url, nodeId, patienceMs, onError: (error) => void errors.push(error) });
  const near = await open(target, "near");
  const through = new URL(target);
  through.host = new URL(proxy.url).host;
  const far = await open(through.href, "far");
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
}

/** Says it again until it is heard: what is said on a bus may be lost. */
async function expectHeard(from: Bus, by: Bus, tenantId: string): Promise<void> {
  const message: BusMessage = { kind: "recheck", tenantId: tenantId as TenantId };
  const heard: BusMessage[] = [];
  by.onMessage((each) => void heard.push(each));
  await expect
    .poll(() => {
      from.publish(message);
      return heard;
    })
    .toContainEqual(message);
}
