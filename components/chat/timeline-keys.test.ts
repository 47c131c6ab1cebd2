import type { KeyboardEvent } from "react";
import { expect, test } from "vitest";
import type { Message } from "../../client/types.ts";
import { act } from "./timeline-keys.ts";

test.each([
  { own: true, moderates: false, done: ["delete"] },
  { own: false, moderates: true, done: ["delete"] },
  { own: false, moderates: false, done: [] },
])("Del deletes what the menu lets one delete: own $own, moderates $moderates", ({ own, moderates, done }) => {
  const said: string[] = [];
  const say = (what: string) => () => void said.push(what);
  const actions = { reply: say("reply"), edit: say("edit"), delete: say("delete"), markUnread: say("unread") };
  const message = { id: "m", seq: 1 } as Message;
  const row = { kind: "message", key: "m", message, own, leads: true } as const;
  const isActed = act({ key: "Delete" } as KeyboardEvent, row, { ...actions, linkOf: undefined }, moderates);
  expect(said).toEqual(done);
  expect(isActed).toBe(done.length > 0);
});
