import type Pusher from "pusher-js";
import { expect, test } from "vitest";
import { Live } from "../../../client/live.ts";
import { emptyState, reduce } from "../../../client/state.ts";
import { TokenKeeper } from "../../../client/token-keeper.ts";
import type { LiveEvent } from "../../../client/types.ts";
import { listen } from "./pusher-transport.ts";

/** The stock client, as far as it is used, without a service. */
class FakeSocket {
  readonly connection = { bind: () => {} };
  readonly channels = new Map<string, { hear: (type: string, data: object) => void }>();
  channel = (name: string) => this.channels.get(name);
  subscribe(name: string) {
    const bound: Record<string, (data: object) => void> = {};
    let all: (type: string, data: object) => void = () => {};
    const hear = (type: string, data: object) => {
      bound[type]?.(data);
      all(type, data);
    };
    this.channels.set(name, { hear });
    return {
      bind: (type: string, listener: (data: object) => void) => Object.assign(bound, { [type]: listener }),
      bind_global: (listener: typeof all) => {
        all = listener;
      },
    };
  }
}

test("a chat made while one was away is asked for, and the place moves only when all channels have replayed", async () => {
  const socket = new FakeSocket();
  let state = emptyState("ada");
  const live = new Live({
    ...{ baseUrl: "https://chat.example", tenantId: "acme", me: "ada", clientId: "c" },
    chatIds: () => ["old"],
    tokens: new TokenKeeper(() => "token"),
    transports: [
      (connecting) => {
        listen(socket as unknown as Pusher, connecting, () => {});
        return { close: () => {} };
      },
    ],
    onEvent: (event) => {
      state = reduce(state, { type: "event", event, now: 0 });
    },
    onResync: async () => {},
    onLink: () => {},
    onNoToken: () => {},
    probe: async () => {},
  });
  live.cursor = "e1";
  live.start();
  await expect.poll(() => [...socket.channels.keys()]).toEqual(["private-user-ada", "private-chat-old"]);
  const hear = (channel: string, type: string, data: object) => socket.channels.get(channel)?.hear(type, data);
  const made: LiveEvent = { type: "chat.created", eventId: "e3", chatId: "new", data: { id: "new" } };
  hear("private-user-ada", "chat.created", made);
  expect(state.wanted).toEqual({ new: 1 });
  expect(live.cursor).toBe("e1");
  for (const name of ["private-user-ada", "private-chat-new"]) hear(name, "parley:position", { eventId: "e4" });
  expect(live.cursor).toBe("e1");
  hear("private-chat-old", "parley:position", { eventId: "e5" });
  expect(live.cursor).toBe("e4");
  hear("private-user-ada", "chat.created", { ...made, eventId: "e6", chatId: "newer", data: { id: "newer" } });
  expect([state.wanted, live.cursor]).toEqual([{ new: 1, newer: 1 }, "e6"]);
  live.stop();
});
