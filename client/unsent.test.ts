import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import type { Storage } from "./storage.ts";
import { type Unsent, UnsentBox } from "./unsent.ts";

const at = { tenantId: "acme", me: "ada" };
const prefix = "parley/unsent/acme/ada/";

afterEach(() => void vi.unstubAllGlobals());

/** The locks of one browser, and a storage with one message of a page that is gone. */
function browser() {
  const held = new Set<string>();
  const request = async (name: string, until: () => Promise<void>) => {
    held.add(name);
    await until();
    held.delete(name);
  };
  const query = async () => ({ held: [...held].map((name) => ({ name })) });
  vi.stubGlobal("navigator", { locks: { request, query } });
  const item: Unsent = { chatId: "c", clientMessageId: "m", content: "hello", at: 0, owner: "gone" };
  const kept = new Map<string, unknown>([[`${prefix}m`, item]]);
  const storage: Storage = {
    entries: async (prefix) => [...kept].filter(([key]) => key.startsWith(prefix)),
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  };
  return { held, kept, storage };
}

test("a page owns what a dead one left for as long as it is open, and the next one then", async () => {
  const { held, kept, storage } = browser();
  const one = new UnsentBox(storage, { ...at, clientId: "one" });
  expect(await one.open()).toMatchObject([{ content: "hello" }]);
  expect(kept.get(`${prefix}m`)).toMatchObject({ owner: "one" });
  const two = new UnsentBox(storage, { ...at, clientId: "two" });
  expect(await two.open()).toEqual([]);
  two.close();
  one.close();
  await expect.poll(() => held.size).toBe(0);
  expect(await new UnsentBox(storage, { ...at, clientId: "three" }).open()).toMatchObject([{ content: "hello" }]);
});

test("one that is closed while it opens holds nothing: the next takes what is there", async () => {
  const { held, kept, storage } = browser();
  const one = new UnsentBox(storage, { ...at, clientId: "one" });
  const opening = one.open();
  one.close();
  expect(await opening).toEqual([]);
  expect(held.size).toBe(0);
  expect(kept.get(`${prefix}m`)).toMatchObject({ owner: "gone" });

  const two = new UnsentBox(storage, { ...at, clientId: "two" });
  const { entries } = storage;
  storage.entries = (prefix) => {
    two.close();
    return entries(prefix);
  };
  expect(await two.open()).toEqual([]);
  storage.entries = entries;
  await expect.poll(() => held.size).toBe(0);
  expect(kept.get(`${prefix}m`)).toMatchObject({ owner: "gone" });
  expect(await new UnsentBox(storage, { ...at, clientId: "three" }).open()).toMatchObject([{ content: "hello" }]);
});

test("what somebody left whose id begins as another's, and then has a slash, is nobody else's to send", async () => {
  const { kept, storage } = browser();
  const longer = { tenantId: "acme", me: "ada/lovelace" };
  await new UnsentBox(storage, { ...longer, clientId: "gone" }).keep("c", {
    ...{ clientMessageId: "n", content: "not ada's" },
  });
  expect(await new UnsentBox(storage, { ...at, clientId: "one" }).open()).toMatchObject([{ content: "hello" }]);
  expect([...kept.keys()]).toEqual([`${prefix}m`, `${prefix}lovelace/n`]);
  expect(await new UnsentBox(storage, { ...longer, clientId: "two" }).open()).toMatchObject([{ content: "not ada's" }]);
});

test("messages come back in the order typed, also of one moment and of a clock that is set back, and keep their own time", async () => {
  const { kept, storage } = browser();
  kept.set(`${prefix}m`, { ...(kept.get(`${prefix}m`) as Unsent), at: 950 });
  let now = 1_000;
  vi.spyOn(Date, "now").mockImplementation(() => now);
  onTestFinished(() => void vi.restoreAllMocks());
  const gone = new UnsentBox(storage, { ...at, clientId: "gone" });
  const keep = (content: string, clientMessageId: string, more = {}) =>
    gone.keep("c", { content, clientMessageId, ...more });
  await keep("before", "w", { at: 900 });
  await keep("one", "z");
  await keep("two", "y");
  now = 500;
  await keep("three", "x");
  // As a database gives them: by key.
  const { entries } = storage;
  storage.entries = async (prefix) => (await entries(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  const left = await new UnsentBox(storage, { ...at, clientId: "next" }).open();
  expect(left.map(({ content }) => content)).toEqual(["before", "hello", "one", "two", "three"]);
});
