import { TRPCClientError } from "@trpc/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { saveTaskFile } from "./download.ts";

const refused = (code: string) => new TRPCClientError("", { result: { error: { data: { problem: { code } } } } });
let saved: Blob | undefined;
let asked: number[];

beforeEach(() => {
  vi.useFakeTimers();
  [saved, asked, shares] = [undefined, [], []];
  vi.stubGlobal("document", { createElement: () => ({ click: () => {} }) });
  vi.spyOn(URL, "createObjectURL").mockImplementation((file) => {
    saved = file as Blob;
    return "blob:file";
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

let shares: number[];

/** Saves a file of as many parts, whose calls fail with what is next among the faults of a part; may be stopped as one is asked for. */
async function save(parts: number, faults: Record<number, Error[]> = {}, stopAt?: number) {
  const stop = new AbortController();
  const query = async ({ part }: { part: number }) => {
    asked.push(part);
    if (part === stopAt) stop.abort();
    const fault = faults[part]?.shift();
    if (fault) throw fault;
    return { name: "file.jsonl", contentType: "application/x-ndjson" as const, part, parts, body: `${part}\n` };
  };
  const client = { tasks: { download: { query } } } as unknown as Parameters<typeof saveTaskFile>[0];
  const settled = saveTaskFile(client, "task", {
    signal: stop.signal,
    onPart: (share) => shares.push(share),
  }).then(
    (end) => (end === "saved" ? undefined : end),
    (error: unknown) => error,
  );
  await vi.runAllTimersAsync();
  return settled;
}

test("a part that was refused for a while, or whose answer was lost, is asked for again, and none before it", async () => {
  const lost = new TypeError("Failed to fetch");
  expect(await save(4, { 3: [refused("rate_limited"), lost, refused("unavailable")] })).toBeUndefined();
  expect(asked).toEqual([1, 2, 3, 3, 3, 3, 4]);
  expect(await saved?.text()).toBe("1\n2\n3\n4\n");
});

test("what will not pass ends it at once, and what does not pass ends it after a while", async () => {
  expect(await save(3, { 2: [refused("not_found")] })).toBeInstanceOf(TRPCClientError);
  expect(asked).toEqual([1, 2]);
  asked = [];
  const faults = Array.from({ length: 50 }, () => refused("rate_limited"));
  expect(await save(3, { 2: faults })).toBeInstanceOf(TRPCClientError);
  expect(asked.length).toBeLessThan(15);
  expect(saved).toBeUndefined();
});

test("a long file leaves the person's other calls room: no more than ten parts a second after the first hundred", async () => {
  const began = Date.now();
  await save(300);
  expect(asked).toHaveLength(300);
  expect(Date.now() - began).toBeGreaterThanOrEqual(20_000);
});

test("it says how much has come, each part once", async () => {
  expect(await save(4, { 3: [refused("rate_limited")] })).toBeUndefined();
  expect(shares).toEqual([0.25, 0.5, 0.75, 1]);
});

test("what is stopped saves nothing and asks for nothing more, also where the part was refused", async () => {
  expect(await save(4, {}, 2)).toBe("stopped");
  expect(await save(4, { 2: [refused("rate_limited")] }, 2)).toBe("stopped");
  expect(await save(4, { 2: [refused("not_found")] }, 2)).toBe("stopped");
  expect(asked).toEqual([1, 2, 1, 2, 1, 2]);
  expect(await save(2, {}, 2), "the last one").toBe("stopped");
  expect(saved).toBeUndefined();
});
