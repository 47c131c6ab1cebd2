import { expect, test } from "vitest";
import { differing } from "../differing.ts";
import { choicesOf } from "./endpoint-form.tsx";

const endpoint: Parameters<typeof choicesOf>[0] = {
  id: "one",
  url: "https://old.example/hooks",
  description: "Orders",
  types: ["message.edited", "message.created"],
  chatId: null,
  ordered: true,
  state: "active",
  failures: 0,
  createdAt: "2026-11-26T08:00:00Z",
};

test("an endpoint that is described anew keeps the address, the events and the order that it has by then", () => {
  const began = choicesOf(endpoint);
  expect(differing({ ...began, description: "Orders of ours" }, began)).toEqual({ description: "Orders of ours" });
  expect(differing({ ...began, types: [] }, began)).toEqual({ types: [] });
  const ofTwoLines = choicesOf({ ...endpoint, description: " Orders\nof ours" });
  expect(differing({ ...began, description: "Ordersof ours", ordered: false }, ofTwoLines)).toEqual({ ordered: false });
});
