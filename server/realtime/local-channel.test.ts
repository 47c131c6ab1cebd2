import { expect, test } from "vitest";
import { LocalChannel } from "./local-channel.ts";

// What comes between a write and its answer.

const grace = 3000;

test("who is refused is asked for anew where another of their pages came in meanwhile, and is forgotten when both have gone", () => {
  const local = new LocalChannel();
  local.enter("ada", null, 1);
  const first = local.input("presence-full", 0, grace);
  local.enter("ada", null, 1);
  local.wrote(first, ["ada"]);
  const second = local.input("presence-full", 0, grace);
  expect(second.m).toMatchObject([{ u: "ada", here: true, most: 1 }]);
  local.wrote(second, ["ada"]);
  local.leave("ada", undefined);
  local.leave("ada", undefined);
  expect(local.input("presence-full", 0, grace).m).toEqual([]);
  expect(local.idle).toBe(true);
});

test("what somebody says of themselves while they are written is written, too", () => {
  const local = new LocalChannel();
  local.enter("ada", "1", undefined);
  const first = local.input("presence-room", 0, grace);
  local.enter("ada", "2", undefined);
  local.wrote(first, []);
  expect(local.input("presence-room", 0, grace).m).toMatchObject([{ u: "ada", i: "2", here: true }]);
});
