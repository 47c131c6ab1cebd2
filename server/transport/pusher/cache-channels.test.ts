import { setTimeout as sleep } from "node:timers/promises";
import type PusherSdk from "pusher";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "../../testing/hub-client.ts";
import { listen, openPusherHouse, type PusherHouse } from "../../testing/pusher-house.ts";

// Who joins a cache channel while something is said in it: whatever comes first, what is kept or what is live, it is heard once.

let house: PusherHouse;
let sdk: PusherSdk;

beforeAll(async () => {
  house = await openPusherHouse();
  ({ sdk } = house);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await house.leave();
});
afterAll(() => house.stack.close());

const directory = () => house.stack.api.realtime.channels.directory;
const say = async (channel: string, step: number) => void (await sdk.trigger(channel, "step", { step }));
const steps = (...all: number[]) => all.map((step) => ["step", { step }]);

test("said before the channel's last event is looked up: live, and not once more", async () => {
  await say("cache-late", 1);
  const look = directory().cached.bind(directory());
  const looking = vi.spyOn(directory(), "cached").mockImplementation(async (...asked) => {
    await say("cache-late", 2);
    await sleep(200); // it is heard by then
    return look(...asked);
  });
  const { heard } = await listen(await house.openPage("ada"), "cache-late");
  await eventually(() => expect(looking).toHaveBeenCalled());
  await looking.mock.results[0]?.value;
  await say("cache-late", 3);
  await eventually(() => expect(heard).toEqual(steps(2, 3)));
});

test("looked up before it is said live: as what is kept, and not once more", async () => {
  const { channels } = house.stack.api.realtime;
  const publish = channels.publish.bind(channels);
  const page = await house.openPage("ada");
  const heard: unknown[] = [];
  vi.spyOn(channels, "publish").mockImplementation(async (...said) => {
    page.subscribe("cache-early").bind("step", (data: unknown) => heard.push(["step", data]));
    await eventually(() => expect(heard).toEqual(steps(1)));
    publish(...said);
  });
  await say("cache-early", 1);
  await eventually(() => expect(heard).toEqual(steps(1)));
  vi.restoreAllMocks();
  await say("cache-early", 2);
  await eventually(() => expect(heard).toEqual(steps(1, 2)));
  const { heard: later } = await listen(await house.openPage("ben"), "cache-early");
  await eventually(() => expect(later).toEqual(steps(2)));
});

test("who is left out of what it caused does not get it as what was kept either", async () => {
  const page = await house.openPage("ada");
  const look = directory().cached.bind(directory());
  const looking = vi.spyOn(directory(), "cached").mockImplementation(async (...asked) => {
    await sdk.trigger("cache-own", "step", { step: 1 }, { socket_id: page.connection.socket_id });
    await sleep(200);
    return look(...asked);
  });
  const { heard } = await listen(page, "cache-own");
  await eventually(() => expect(looking).toHaveBeenCalled());
  await looking.mock.results[0]?.value;
  await say("cache-own", 2);
  await eventually(() => expect(heard).toEqual(steps(2)));
});
