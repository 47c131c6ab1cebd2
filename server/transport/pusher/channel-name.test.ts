import { describe, expect, test } from "vitest";
import { channelKind } from "./channel-name.ts";
import { readMember, readUser } from "./member.ts";

describe("names and members", () => {
  test.each([
    ["lobby", "public"],
    ["my-private-x", "public"],
    ["private-x", "private"],
    ["presence-x", "presence"],
    ["A_a-0=@,.;", "public"],
    ["a b", undefined],
    ["", undefined],
    ["#x", undefined],
    ["#user-ada", undefined],
    ["#server-to-user-ada", "server-to-user"],
    ["private-chat-x", undefined],
    ["presence-chat-x", undefined],
    ["private-user-x", undefined],
    ["private-chats", "private"],
  ])("%s is %s", (name, access) => {
    expect(channelKind(name)?.access).toBe(access);
  });

  test("names have 200 characters at most", () => {
    expect(channelKind("x".repeat(200))?.access).toBe("public");
    expect(channelKind("x".repeat(201))).toBeUndefined();
  });

  test.each(["cache-x", "private-cache-x", "private-encrypted-cache-x", "presence-cache-x"])(
    "%s keeps its last event",
    (name) => {
      expect(channelKind(name)?.cache).toBe(true);
      expect(channelKind(`x-${name}`)?.cache).toBe(false);
    },
  );

  test("user ids are text or numbers, 128 characters at most; user_info 1 KB", () => {
    expect(readMember('{"user_id":10}')).toEqual({ userId: "10", info: null });
    expect(readMember('{"user_id":"a","user_info":{"b":1}}')).toEqual({ userId: "a", info: '{"b":1}' });
    for (const wrong of [
      "",
      "[]",
      "null",
      '{"user_id":""}',
      '{"user_id":"a\\u0000"}',
      '{"user_id":"\\ud800"}',
      '{"user_id":{}}',
    ])
      expect(readMember(wrong)).toBeUndefined();
    // Its neighbours would be read as the same number, and two people would be one.
    expect(readMember('{"user_id":1234567890123456789}')).toBeUndefined();
    expect(readMember(JSON.stringify({ user_id: "x".repeat(129) }))).toBeUndefined();
    expect(readMember(JSON.stringify({ user_id: "x", user_info: "x".repeat(1023) }))).toBeUndefined();
    expect(readUser('{"id":"a","watchlist":["b","b",3]}')).toEqual({ userId: "a", info: null, watchlist: ["b"] });
    expect(readUser('{"id":1}')).toBeUndefined();
    expect(readUser('{"id":"a","watchlist":"b"}')).toBeUndefined();
  });
});
