import type PusherSdk from "pusher";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { eventually } from "../../testing/hub-client.ts";
import { listen, openPusherHouse, type PusherHouse } from "../../testing/pusher-house.ts";

// A backend tries a call again that has failed: what it says is heard once.

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

/** What a call asks of the database fails the next time. */
function failOnce(step: "look" | "cache"): void {
  const { directory } = house.stack.api.realtime.channels;
  vi.spyOn(directory, step).mockRejectedValueOnce(new Error("the database is away"));
}

const info = { info: "subscription_count" };

test("an event whose channel cannot be looked up is not said", async () => {
  const { heard } = await listen(await house.openPage("ada"), "lobby");
  failOnce("look");
  await expect(sdk.trigger("lobby", "step", { step: 1 }, info)).rejects.toMatchObject({ status: 500 });
  const answer = await sdk.trigger("lobby", "step", { step: 1 }, info);
  expect(await answer.json()).toEqual({ channels: { lobby: { subscription_count: 1 } } });
  await sdk.trigger("lobby", "end", {});
  await eventually(() => expect(heard.at(-1)?.[0]).toBe("end"));
  expect(heard).toEqual([
    ["step", { step: 1 }],
    ["end", {}],
  ]);
});

test.each(["cache", "look"] as const)("of a batch nothing is said when a %s fails", async (step) => {
  const page = await house.openPage("ada");
  const name = `cache-board-${step}`;
  const [lobby, board] = [await listen(page, "lobby"), await listen(page, name)];
  const batch = [
    { channel: "lobby", name: "step", data: { step: 1 } },
    { channel: name, name: "step", data: { step: 2 } },
    { channel: name, name: "step", data: { step: 3 }, ...info },
  ];
  failOnce(step);
  await expect(sdk.triggerBatch(batch)).rejects.toMatchObject({ status: 500 });
  const answer = await sdk.triggerBatch(batch);
  expect(await answer.json()).toEqual({ batch: [{}, {}, { subscription_count: 1 }] });
  await sdk.trigger(["lobby", name], "end", {});
  const heard = () => [lobby.heard, board.heard].map((said) => said.map(([, data]) => data));
  await eventually(() => expect([lobby, board].map((each) => each.heard.at(-1)?.[0])).toEqual(["end", "end"]));
  expect(heard()).toEqual([
    [{ step: 1 }, {}],
    [{ step: 2 }, { step: 3 }, {}],
  ]);
});
