import { expect, test } from "vitest";
import { sayProgress, taskName } from "./task-words.ts";

const at = (done: number) => ({ kind: "export-chat", status: "running", progress: { done, total: 200 } }) as const;

test("progress is told at every quarter, wherever it is looked at between them, and so is the end", () => {
  expect([0, 46, 62, 98, 99, 151, 200].map((done) => sayProgress(at(done)))).toEqual(
    [0, 0, 25, 25, 25, 75, 75].map((percent) => `Export of a chat: ${percent} %`),
  );
  expect(sayProgress({ ...at(200), status: "done" })).toBe("Export of a chat: 100 %");
  expect(sayProgress({ ...at(46), status: "failed", error: "No such disk" })).toBe(
    "Export of a chat failed: No such disk",
  );
  expect(sayProgress({ ...at(46), status: "cancelled" })).toBe("Export of a chat was cancelled");
});

test("a kind of which a newer service tells is called what it is", () => {
  expect(taskName({ kind: "count-users" as "export-user" })).toBe("count-users");
});
