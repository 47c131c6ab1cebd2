import { expect, test } from "vitest";
import { emptyDraft } from "./draft.ts";
import { questionOf } from "./reach.ts";

test.each([
  [{ audience: "topic" }, { recipients: 50_000, name: "Montijo" }, "Send it to the 50,000 subscribers of Montijo?"],
  [{ audience: "chat" }, { recipients: 1, name: "Crew" }, "Send it to the 1 member of Crew?"],
  [{ audience: "topic" }, { recipients: 2 }, "Send it to the 2 subscribers of the topic?"],
  [{ audience: "chat" }, { recipients: 2 }, "Send it to the 2 members of the chat?"],
  [{ audience: "everyone" }, { recipients: 1204 }, "Send it to everyone, 1,204 users?"],
  [{ audience: "users" }, { recipients: 3 }, "Send it to 3 users?"],
  [{ audience: "users", at: "2999-01-01T09:00" }, { recipients: 3 }, "Schedule it for 3 users?"],
] as const)("before %j with %j it asks %s", (draft, reach, title) => {
  expect(questionOf({ ...emptyDraft, ...draft }, reach).title).toBe(title);
});

test("it says that a number may be another when its time comes, but for a list", () => {
  const at = "2999-01-01T09:00";
  const said = (audience: "topic" | "users") =>
    questionOf({ ...emptyDraft, audience, at }, { recipients: 3, name: "Montijo" }).consequence;
  expect(said("topic")).toContain("more or fewer");
  expect(said("users")).toBe("Whoever has got it keeps it.");
  expect(questionOf({ ...emptyDraft, audience: "topic" }, { recipients: 3, name: "Montijo" })).toMatchObject({
    consequence: "Whoever has got it keeps it.",
    confirm: "Send to 3 subscribers",
  });
});
