import { expect, test, vi } from "vitest";
import { newKey } from "./new-key.ts";

test("a key is a random UUID of version 4, also where a page does not come over https", () => {
  vi.spyOn(crypto, "randomUUID").mockImplementation(() => {
    throw new Error("is not there");
  });
  const keys = Array.from({ length: 1_000 }, newKey);
  vi.restoreAllMocks();
  expect(new Set(keys).size).toBe(1_000);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
});
