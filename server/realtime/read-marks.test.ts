import { expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import type { EphemeralEvent } from "../events.ts";
import { ReadMarks } from "./read-marks.ts";
import { SmallTalk } from "./small-talk.ts";

const tenantId = "acme" as TenantId;

test("of receipts said at once the furthest is said, and none that is behind one from before is news", () => {
  const said: EphemeralEvent[] = [];
  const talk = new SmallTalk((event) => said.push(event));
  const marks = new ReadMarks();
  const move = (userId: string, ...seqs: number[]) => {
    for (const seq of seqs) talk.receipt(tenantId, userId, "chat", seq);
    talk.flush();
    return said.splice(0).map((event) => ({ seq: event.payload.seq, news: marks.isNews(event) }));
  };
  expect(move("ben", 3, 5, 4)).toEqual([{ seq: 5, news: true }]);
  expect(move("ben", 4)).toEqual([{ seq: 4, news: false }]);
  expect(move("cleo", 4)).toEqual([{ seq: 4, news: true }]);
  expect(move("ben", 5)).toEqual([{ seq: 5, news: true }]); // again, for whoever came in between
  talk.typing(tenantId, "ben", "chat");
  expect(said.map((event) => marks.isNews(event))).toEqual([true]);
});
