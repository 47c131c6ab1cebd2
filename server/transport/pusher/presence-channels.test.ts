import type PusherSdk from "pusher";
import type { PresenceChannel } from "pusher-js";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../testing/hub-client.ts";
import { type PusherCredentials, RawPusher, signWith, stockPusher } from "../../testing/pusher-client.ts";
import { listen, openPusherHouse, type PusherHouse } from "../../testing/pusher-house.ts";
import type { Stack } from "../../testing/stack.ts";

// Who is there, as the official clients show it, unmodified: on two nodes.

let house: PusherHouse;
let stack: Stack;
let other: string;
let app: PusherCredentials;
let sdk: PusherSdk;
const openPage: PusherHouse["openPage"] = (...user) => house.openPage(...user);

beforeAll(async () => {
  house = await openPusherHouse();
  ({ stack, other, app, sdk } = house);
});
afterEach(() => house.leave());
afterAll(() => stack.close());

describe("presence channels", () => {
  test("show the same members on both nodes, once a user, and tell of the first to come and the last to go", async () => {
    const [ada, ben, twice] = [await openPage("ada"), await openPage("ben", other), await openPage("ben")];
    const room = await listen(ada, "presence-room");
    const moves: string[] = [];
    for (const move of ["pusher:member_added", "pusher:member_removed"])
      room.channel.bind(move, ({ id }: { id: string }) => moves.push(`${move.slice(14)} ${id}`));
    const [far] = [await listen(ben, "presence-room"), await listen(twice, "presence-room")];
    expect(membersOf(far.channel)).toEqual({ ada: { name: "ADA" }, ben: { name: "BEN" } });
    await eventually(() => expect(membersOf(room.channel)).toEqual(membersOf(far.channel)));
    expect((await (await sdk.get({ path: "/channels/presence-room/users" })).json()).users).toEqual([
      { id: "ada" },
      { id: "ben" },
    ]);
    ben.unsubscribe("presence-room");
    twice.unsubscribe("presence-room");
    await eventually(() => expect(moves).toEqual(["added ben", "removed ben"]));
  });

  test("take a reload for what it is: who is back within the grace never left", async () => {
    const ada = await openPage("ada");
    const room = await listen(ada, "presence-reload");
    const moves: string[] = [];
    for (const move of ["pusher:member_added", "pusher:member_removed"])
      room.channel.bind(move, ({ id }: { id: string }) => moves.push(`${move.slice(14)} ${id}`));
    const before = await openPage("ben");
    await listen(before, "presence-reload");
    before.disconnect();
    const after = await openPage("ben", other);
    await listen(after, "presence-reload");
    await eventually(() => expect(moves).toEqual(["added ben"]));
    after.disconnect(); // the grace of the first connection ends with this one's
    await eventually(() => expect(moves).toEqual(["added ben", "removed ben"]));
  });

  test.each(["the same node", "another"])(
    "show what a member said last of itself, also of one that comes back on %s",
    async (where) => {
      const name = `presence-renamed-${where === "another" ? 2 : 1}`;
      const openAs = async (said: string, url = stack.url) => {
        const page = stockPusher(url, app.key, signWith(sdk, { user_id: "ada", user_info: { name: said } }));
        house.pages.push(page);
        const channel = page.subscribe(name);
        await eventually(() => expect(channel.subscribed).toBe(true));
        return { page, channel };
      };
      for (const url of [stack.url, other]) await listen(await openPage("ben", url), name);
      const before = await openAs("Ada");
      before.page.disconnect();
      const after = await openAs("Ada L.", where === "another" ? other : stack.url);
      expect((after.channel as PresenceChannel).members.me.info).toEqual({ name: "Ada L." });
      for (const url of [stack.url, other]) {
        const third = await listen(await openPage("cleo", url), name);
        expect(membersOf(third.channel)).toMatchObject({ ada: { name: "Ada L." }, ben: {} });
      }
    },
  );

  test("have room for 100 members: the 101st is refused, and a further connection of a member is not", async () => {
    const raws = await Promise.all(Array.from({ length: 101 }, () => RawPusher.open(stack.url, app.key)));
    for (const [i, raw] of raws.slice(0, 100).entries()) raw.subscribe("presence-full", app, `{"user_id":${i}}`);
    await Promise.all(raws.slice(0, 100).map((raw) => raw.next("pusher_internal:subscription_succeeded")));
    const last = raws[100] as RawPusher;
    last.subscribe("presence-full", app, '{"user_id":"late"}');
    expect((await last.next("pusher:subscription_error")).data).toMatchObject({ type: "LimitReached" });
    last.subscribe("presence-full", app, '{"user_id":"7"}');
    const { data } = await last.next("pusher_internal:subscription_succeeded");
    expect((data as { presence: { count: number } }).presence.count).toBe(100);
    for (const raw of raws) raw.socket.terminate();
  });
});

/** Who a presence channel shows: user → info. */
function membersOf(channel: unknown): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  (channel as { members: { each(each: (member: { id: string; info: unknown }) => void): void } }).members.each(
    ({ id, info }) => {
      found[id] = info;
    },
  );
  return found;
}
