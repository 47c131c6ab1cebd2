import { expect, test } from "vitest";
import { firstSteps } from "./first-steps.ts";

const titles = (manages: boolean) => firstSteps("/t/demo", manages).map(({ title }) => title);

test("whoever may make keys and send is led to that, and others to what they may read", () => {
  expect(titles(true)).toEqual([
    ...["Make an API key", "Send a first message", "See what your users see", "Send a notification"],
  ]);
  expect(titles(false)).toEqual(["Send a first message"]);
});
