import { describe, expect, test } from "vitest";
import { type Ask, decide, type Facts } from "./policy.ts";

const noon = new Date("2026-07-01T10:00:00Z");
const night = new Date("2026-07-01T21:30:00Z");
const morning = new Date("2026-07-02T05:00:00Z");
const quietHours = { enabled: true, from: "22:00", to: "07:00" };
const digest = { every: "daily" as const, at: "09:00", weekday: "monday" as const };
const off = { email: false };
const on = { email: true };
const mailOff: Facts["defaults"] = { channels: { inApp: true, email: false }, by: "tenant" };
const allOff: Facts["defaults"] = { channels: { inApp: false, email: false }, by: "tenant" };
const noChoice = { ofType: {}, ofAll: {} };

const facts = (changes: Partial<Facts>): Facts => ({
  userId: "ada",
  type: "News",
  timezone: "Europe/Zurich",
  required: false,
  defaults: { channels: { inApp: true, email: true }, by: "tenant" },
  choices: noChoice,
  quietHours: { ...quietHours, enabled: false },
  digest: { ...digest, every: "off" },
  pausedUntil: null,
  mute: "none",
  ...changes,
});
const ask = (changes: Partial<Ask>): Ask => ({ channel: "email", now: noon, priority: "Normal", ...changes });

/** Every reason there is not to disturb somebody. */
const leaveMeAlone = { quietHours, pausedUntil: new Date("2030-01-01"), digest };
const neverAgain = { ...leaveMeAlone, mute: "all" as const, choices: { ofType: off, ofAll: off } };

describe("who says what", () => {
  test.each<[string, Partial<Facts>, Partial<Ask>, object]>([
    ["nothing was said", {}, {}, { outcome: "send", rule: "default", detail: "tenant, email" }],
    ["the tenant says no", { defaults: mailOff }, {}, { outcome: "stop", rule: "default", detail: "tenant, email" }],
    [
      "the category says no",
      { defaults: { ...mailOff, by: "category" } },
      {},
      { outcome: "stop", rule: "default", detail: "category News, email" },
    ],
    ["the sender asks", { defaults: mailOff }, { asked: true }, { outcome: "send", rule: "asked" }],
    ["only a mail can be asked for", { defaults: allOff }, { asked: true, channel: "inApp" }, { outcome: "stop" }],
    [
      "the person says no to the type",
      { choices: { ofType: off, ofAll: on } },
      { asked: true },
      { outcome: "stop", rule: "preference", detail: "News, email: off" },
    ],
    [
      "the person says no to everything",
      { choices: { ofType: {}, ofAll: off } },
      { asked: true },
      { outcome: "stop", rule: "preference", detail: "everything, email: off" },
    ],
    [
      "the person says yes to the type",
      { defaults: mailOff, choices: { ofType: on, ofAll: off } },
      {},
      { outcome: "send", rule: "chosen" },
    ],
    ["of another channel", { choices: { ofType: { inApp: false }, ofAll: {} } }, {}, { outcome: "send" }],
    [
      "no is no to what is urgent",
      { choices: { ofType: off, ofAll: {} } },
      { priority: "Urgent" },
      { outcome: "stop" },
    ],
    [
      "what is required goes out",
      { ...neverAgain, required: true },
      { now: night },
      { outcome: "send", rule: "required" },
    ],
    [
      "what is required goes out where its category says",
      { required: true, defaults: { ...mailOff, by: "category" } },
      {},
      { outcome: "stop", rule: "default", detail: "category News, email" },
    ],
    ["or its sender", { ...neverAgain, required: true, defaults: mailOff }, { asked: true }, { rule: "required" }],
    [
      "or where the person wants it",
      { ...leaveMeAlone, required: true, defaults: mailOff, choices: { ofType: on, ofAll: off } },
      {},
      { outcome: "send", rule: "required" },
    ],
    ["the chat is muted", { mute: "all" }, { mentioned: true }, { outcome: "stop", rule: "muted", detail: "the chat" }],
    ["muted except for mentions", { mute: "except-mentions" }, {}, { outcome: "stop", rule: "muted" }],
    ["and one is mentioned", { mute: "except-mentions" }, { mentioned: true }, { outcome: "send" }],
  ])("%s", (_name, known, asked, wanted) => {
    expect(decide(facts(known), ask(asked))).toMatchObject(wanted);
  });
});

describe("when", () => {
  test.each<[string, Partial<Facts>, Partial<Ask>, object]>([
    ["it is quiet", { quietHours }, { now: night }, { outcome: "hold", rule: "quiet_hours", until: morning }],
    ["the hours are switched off", {}, { now: night }, { outcome: "send" }],
    ["it is not quiet yet", { quietHours }, {}, { outcome: "send" }],
    ["urgent passes", leaveMeAlone, { now: night, priority: "Urgent" }, { outcome: "send", rule: "urgent" }],
    ["high does not", leaveMeAlone, { now: night, priority: "High" }, { outcome: "hold" }],
    ["the inbox is never held", leaveMeAlone, { now: night, channel: "inApp" }, { outcome: "send" }],
    ["paused", { pausedUntil: night }, {}, { outcome: "hold", rule: "paused", until: night }],
    [
      "paused into the night",
      { pausedUntil: night, quietHours },
      {},
      { outcome: "hold", rule: "paused", until: morning },
    ],
    ["the pause is over", { pausedUntil: noon }, {}, { outcome: "send" }],
    ["a daily digest", { digest }, {}, { outcome: "fold", rule: "digest", until: new Date("2026-07-02T07:00:00Z") }],
    [
      "a weekly digest",
      { digest: { ...digest, every: "weekly" } },
      {},
      { outcome: "fold", until: new Date("2026-07-06T07:00:00Z") },
    ],
    [
      "an hourly digest",
      { digest: { ...digest, every: "hourly" } },
      { now: new Date("2026-07-01T10:00:01Z") },
      { outcome: "fold", until: new Date("2026-07-01T11:00:00Z") },
    ],
    [
      "a digest that would come by night",
      { digest: { ...digest, every: "hourly" }, quietHours },
      { now: night },
      { outcome: "fold", until: morning, quiet: { outcome: "hold", rule: "quiet_hours", until: morning } },
    ],
  ])("%s", (_name, known, asked, wanted) => {
    expect(decide(facts(known), ask(asked))).toMatchObject(wanted);
  });
});
