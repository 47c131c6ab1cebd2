import { expect, test } from "vitest";
import type { Member, Message } from "../../client/types.ts";
import { candidates, openedWith, othersOf } from "./mention-candidates.ts";

const [bea, ben, bo] = [
  { userId: "bea", displayName: "Bea" },
  { userId: "ben", displayName: "Ben" },
  { userId: "bo", displayName: "Bo" },
] as const;
const said = (...senderIds: string[]) => senderIds.map((senderId, at) => ({ senderId, seq: at + 1 }) as Message);
const idsOf = (people: readonly { userId: string }[]) => people.map(({ userId }) => userId);

test("who spoke last comes first, and whoever comes in after the list was opened moves nobody", () => {
  const opened = openedWith([bea, bo], said("bea", "bo"));
  expect(idsOf(candidates([bea, bo], "b", opened))).toEqual(["bo", "bea"]);
  expect(idsOf(candidates([bea, ben, bo], "b", opened))).toEqual(["bo", "bea", "ben"]);
  expect(idsOf(candidates([bea, ben, bo], "be", opened))).toEqual(["bea", "ben"]);
  expect(candidates([bea, ben, bo], "Bo", opened)).toEqual([]);
});

test("who has written is among the others although their page of members is not here, where it is known who they are", () => {
  const members = [
    { userId: "ada", user: { userId: "ada" } },
    { userId: "bea", user: { userId: "bea" } },
  ] as Member[];
  const people = { ada: { userId: "ada" }, bea, ben };
  expect(othersOf(members, said("ben", "ada", "stranger", "ben"), people, "ada")).toEqual([ben, bea]);
  expect(othersOf(members, undefined, people, "ada")).toEqual([bea]);
  expect(othersOf(undefined, said("ben"), people, "ada")).toEqual([ben]);
});
