import { expect, test } from "vitest";
import { emptyDraft, newWords, theirClock, timeOf, wordsOf } from "./draft.ts";

test("a time counts by the recipients' clocks or by one zone's, in summer and winter", () => {
  expect(timeOf("", "Europe/Lisbon")).toEqual({});
  expect(timeOf("2026-12-01T09:00", theirClock)).toEqual({ scheduledForLocal: "2026-12-01T09:00" });
  expect(timeOf("2026-12-01T09:00", "Asia/Dubai")).toEqual({ scheduledFor: "2026-12-01T05:00:00.000Z" });
  expect(timeOf("2026-07-01T09:00", "Europe/Lisbon")).toEqual({ scheduledFor: "2026-07-01T08:00:00.000Z" });
  expect(timeOf("2026-10-25T12:00", "Europe/Lisbon")).toEqual({ scheduledFor: "2026-10-25T12:00:00.000Z" });
});

test("no clock shows a time before it is due: one that is jumped over is later, one that comes twice is the first", () => {
  const sent = (at: string, zone: string) => timeOf(at, zone).scheduledFor;
  expect(sent("2027-03-14T02:30", "America/New_York")).toBe("2027-03-14T07:30:00.000Z");
  expect(sent("2027-03-28T02:30", "Europe/Berlin")).toBe("2027-03-28T01:30:00.000Z");
  expect(sent("2027-11-07T01:30", "America/New_York")).toBe("2027-11-07T05:30:00.000Z");
  expect(sent("2027-10-31T02:30", "Europe/Berlin")).toBe("2027-10-31T00:30:00.000Z");
});

test("a template speaks instead of one's own words, and what is no JSON yet is not asked for", () => {
  const words = { ...emptyDraft, subject: "S", message: "M", html: "<b>M</b>" };
  expect(wordsOf(words)).toEqual({ type: "General", subject: "S", message: "M", htmlContent: "<b>M</b>" });
  expect(wordsOf({ ...words, template: "late", priority: "High" })).toEqual({
    type: "General",
    priority: "High",
    template: "late",
  });
  expect(wordsOf({ ...words, template: "late", variables: '{"a":1}' })).toMatchObject({ variables: { a: 1 } });
  expect(wordsOf({ ...words, template: "late", variables: "{" })).toBeUndefined();
});

test("of words that boxes show otherwise only what somebody typed is sent", () => {
  const began = { subject: " Late\r\nagain ", message: "By an hour.\r\nSorry.\rReally." };
  const shown = { subject: " Lateagain ", message: "By an hour.\nSorry.\nReally." };
  expect(newWords(began, shown)).toEqual({});
  expect(newWords(began, { ...shown, subject: "Late again" })).toEqual({ subject: "Late again" });
  expect(newWords(began, { ...shown, message: "By an hour. " })).toEqual({ message: "By an hour. " });
  expect(newWords({ subject: "Late" }, { subject: "Late", message: "" })).toEqual({});
  expect(newWords({ subject: "Late" }, { subject: " ", message: "" })).toEqual({ subject: " " });
});
