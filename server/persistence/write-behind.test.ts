import { expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { WriteBehind } from "./write-behind.ts";

function collect(write: (tenantId: TenantId, part: string[]) => Promise<void>) {
  const lost: unknown[] = [];
  const onLost = (_error: unknown, tenantId: TenantId, part: string[]) => void lost.push([tenantId, part]);
  const behind = new WriteBehind<string[]>({ withinMs: 60_000, begin: () => [], write, onLost });
  const note = (tenantId: string, text: string) => behind.of(tenantId as TenantId).push(text);
  return { behind, note, lost };
}

test("what cannot be written of one tenant keeps no other's back", async () => {
  const written: unknown[] = [];
  const { behind, note, lost } = collect(async (tenantId, part) => {
    if (tenantId === "bad") throw new Error("no");
    written.push([tenantId, part]);
  });
  note("acme", "a");
  note("bad", "b");
  note("umbra", "c");
  note("acme", "d");
  await behind.flush();
  expect({ written, lost }).toEqual({
    written: [
      ["acme", ["a", "d"]],
      ["umbra", ["c"]],
    ],
    lost: [["bad", ["b"]]],
  });
});

test("while one writing takes long, all that is collected is the next", async () => {
  const written: string[][] = [];
  let go = () => {};
  const slow = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { behind, note } = collect(async (_tenantId, part) => {
    written.push([...part]);
    await slow;
  });
  note("acme", "a");
  const first = behind.flush();
  await expect.poll(() => written).toEqual([["a"]]);
  note("acme", "b");
  const later = [behind.flush()];
  note("acme", "c");
  later.push(behind.flush());
  expect(later[0]).toBe(later[1]);
  go();
  await Promise.all([first, ...later]);
  expect(written).toEqual([["a"], ["b", "c"]]);
  await behind.flush();
  expect(written).toHaveLength(2);
});
