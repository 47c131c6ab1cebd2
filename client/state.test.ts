import { expect, test } from "vitest";
import { emptyState, reduce } from "./state.ts";
import type { Presence } from "./types.ts";

test("an answer about presence does not undo what events have said since it was asked for", () => {
  const known = reduce(emptyState("ada"), { type: "presence-known", presence: [of("ben", "online")], before: {} });
  const left = reduce(known, { type: "event", event: { type: "presence", data: { ...of("ben", "offline") } }, now: 0 });
  const presence = [of("ben", "online"), of("cleo", "away")];
  const answered = reduce(left, { type: "presence-known", presence, before: known.presence });
  expect(answered.presence).toEqual({ ben: of("ben", "offline"), cleo: of("cleo", "away") });
  const askedAnew = reduce(left, { type: "presence-known", presence, before: left.presence });
  expect(askedAnew.presence.ben).toEqual(of("ben", "online"));
});

function of(userId: string, state: "online" | "away" | "offline"): Presence {
  return { userId, state } as Presence;
}
