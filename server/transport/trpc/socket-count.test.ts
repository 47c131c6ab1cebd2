import { expect, test } from "vitest";
import { SocketCount, SocketPlaces } from "./socket-count.ts";

test("a socket counts for its address until it is known, and one of too many until it is closed", () => {
  const places = new SocketPlaces(new SocketCount(2), new SocketCount(1));
  const take = () => places.take("192.0.2.1");
  const first = take();
  expect(first?.becomes("ada")).toBe(true);
  const [extra, stranger] = [take(), take()];
  expect([extra?.becomes("ada"), stranger === undefined, take()]).toEqual([false, false, undefined]);
  extra?.leave();
  expect(take()?.becomes(undefined)).toBe(true); // a backend by its key, on nobody's account
  first?.leave();
  first?.leave();
  const late = take();
  late?.leave();
  expect(late?.becomes("ada")).toBe(true);
  expect(take()?.becomes("ada")).toBe(true); // who has gone holds no place
});
