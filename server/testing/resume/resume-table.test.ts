import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../hub-client.ts";
import { startStack } from "../stack.ts";
import { type Reader, resumeColumns } from "./columns.ts";
import { type Absence, resumeRows, type World } from "./rows.ts";

// One rule for all: a full replay, or an explicit resync; never a part.

let world: World;
const readers: Reader[] = [];

beforeAll(async () => {
  const stack = await startStack();
  world = { stack, otherUrl: (await stack.another()).url };
});
afterAll(() => world.stack.close());

describe.each(resumeRows)("$name", ({ prepare }) => {
  let absence: Absence;

  beforeAll(async () => {
    absence = await prepare(world);
  });
  afterAll(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.close()));
    absence.done?.();
  });

  test.each(resumeColumns)("$name", async ({ open, order, goesOn }) => {
    const { url, token, since, expected, send } = absence;
    const reader = await open({ url, tenantId: absence.tenant.tenantId, token, since });
    readers.push(reader);
    const ids = () => {
      const told = reader.heard.map(({ id }) => id);
      const chats = new Set(reader.heard.map(({ chatId }) => chatId)).size;
      return order === "chat" && chats > 1 ? told.toSorted() : told; // ids are made in the order of sending
    };
    if (typeof expected !== "string") {
      await send();
      await eventually(() => expect(ids().length).toBeGreaterThanOrEqual(expected.length));
      expect({ heard: ids(), resyncs: reader.resyncs }).toEqual({ heard: expected, resyncs: [] });
      expect(new Set(reader.heard.map(({ eventId }) => eventId)).size).toBe(expected.length);
      return;
    }
    await eventually(() => expect(reader.resyncs).toEqual([expected]));
    const live = await send();
    if (goesOn) await eventually(() => expect(ids().length).toBeGreaterThan(0));
    expect({ heard: ids(), resyncs: reader.resyncs }).toEqual({ heard: goesOn ? [live] : [], resyncs: [expected] });
  });
});

describe("gone and back in half a second, from the last event that was heard", () => {
  let absence: Absence;

  beforeAll(async () => {
    const [row] = resumeRows;
    if (!row) throw new Error("no row");
    absence = await row.prepare({ ...world, stack: { ...world.stack, tenant: () => world.stack.tenant("half") } });
  });

  test.each(resumeColumns)("$name", async ({ open }) => {
    const place = { url: absence.url, tenantId: absence.tenant.tenantId, token: absence.token };
    const before = await open(place);
    const first = await absence.send();
    await eventually(() => expect(before.heard.map(({ id }) => id)).toEqual([first]));
    await before.close();
    const missed = [await absence.send(), await absence.send()];
    const back = await open({ ...place, since: before.heard[0]?.eventId });
    const live = await absence.send();
    await eventually(() => expect(back.heard.map(({ id }) => id)).toEqual([...missed, live]));
    await back.close();
  });
});
