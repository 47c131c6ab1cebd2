import { expect, test } from "vitest";
import { differing } from "../differing.ts";
import type { Category } from "./categories-page.tsx";
import { changeCategory, choicesOf, declared } from "./change-category.ts";

const shown: Category = {
  type: "Security",
  title: "Security",
  description: "Who signed in",
  channels: ["inApp"],
  priority: "High",
  required: false,
  metadataSchema: { type: "object" },
  createdAt: "2026-11-26T08:00:00Z",
  updatedAt: "2026-11-26T08:00:00Z",
};

test("what was changed since a category was shown stays as it is, and is no more than was read", async () => {
  const now = { ...shown, required: true, channels: ["inApp", "email"], updatedAt: "2026-11-27T08:00:00Z" };
  const put: unknown[] = [];
  const client = {
    categories: { get: { query: async () => now }, put: { mutate: async (asked: unknown) => put.push(asked) } },
  } as unknown as Parameters<typeof changeCategory>[0];
  const began = choicesOf(shown);
  await changeCategory(client, "Security", differing({ ...began, title: "Your account", inApp: false }, began));
  const { title, description, priority, metadataSchema } = shown;
  expect(put).toEqual([
    {
      ...{ type: "Security", title, description, priority, metadataSchema },
      ...{ title: "Your account", channels: ["email"], required: true, onlyIf: now.updatedAt },
    },
  ]);
});

test("what is emptied is cleared", () => {
  const emptied = declared({ ...choicesOf(shown), description: "", metadataSchema: undefined });
  expect(emptied).not.toHaveProperty("description");
  expect(emptied).not.toHaveProperty("metadataSchema");
});
