import { expect, test } from "vitest";
import { holdAttention, isAttended } from "./attention-lock.ts";

/** The locks of one browser. */
function locksOfBrowser() {
  const held: string[] = [];
  const request = async (name: string, _: LockOptions, until: () => Promise<void>) => {
    held.push(name);
    await until();
    held.splice(held.indexOf(name), 1);
  };
  const query = async () => ({ held: held.map((name) => ({ name })) });
  return { request, query } as unknown as LockManager;
}

test("that somebody looks at one page is known in the others, until they look at none", async () => {
  const locks = locksOfBrowser();
  expect(await isAttended(locks, "ada")).toBe(false);
  const leaves = [holdAttention(locks, "ada"), holdAttention(locks, "ada")];
  expect(await isAttended(locks, "ada")).toBe(true);
  expect(await isAttended(locks, "ben")).toBe(false);
  leaves[0]?.();
  expect(await isAttended(locks, "ada")).toBe(true);
  leaves[1]?.();
  await expect.poll(() => isAttended(locks, "ada")).toBe(false);
});

test("where the browser forbids locks nothing is known, and nothing breaks", async () => {
  const refuse = () => Promise.reject(new Error("forbidden"));
  const locks = { request: refuse, query: refuse } as unknown as LockManager;
  holdAttention(locks, "ada")();
  expect(await isAttended(locks, "ada")).toBe(false);
});
