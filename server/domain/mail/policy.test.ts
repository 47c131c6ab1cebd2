import { expect, test } from "vitest";
import { backoff, breakFor, judgeFault, patience } from "./policy.ts";

const [second, minute] = [1000, 60_000];
/** Chance in the middle: neither more nor less. */
const even = 0.5;

test("each wait is three times as long as the one before, up to an hour", () => {
  const waits = Array.from({ length: patience.attempts }, (_, n) => backoff(n + 1, patience, even));
  expect(waits.slice(0, 4).map((ms) => Math.round(ms / second))).toEqual([10, 30, 90, 270]);
  expect(waits.slice(6).every((ms) => ms === 60 * minute)).toBe(true);
  const all = waits.slice(0, -1).reduce((sum, ms) => sum + ms, 0);
  expect(all).toBeGreaterThan(23 * 60 * minute); // a mail is not given up in a day's outage
});

test("a server is left alone from the fifth fault in a row, each time twice as long, ten minutes at most", () => {
  const breaks = Array.from({ length: 20 }, (_, n) => breakFor(n, patience, even));
  expect(breaks.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(breaks.slice(5, 9).map((ms) => ms / second)).toEqual([30, 60, 120, 240]);
  expect(Math.max(...breaks)).toBe(10 * minute);
  expect(breaks.at(-1)).toBe(10 * minute);
});

test.each([
  ["backoff", backoff, 3],
  ["breakFor", breakFor, 7],
] as const)("%s is a fifth more or less by chance, and not always the same", (_name, wait, times) => {
  const middle = wait(times, patience, even);
  expect(wait(times, patience, 0)).toBeCloseTo(0.8 * middle);
  expect(wait(times, patience, 1)).toBeCloseTo(1.2 * middle);
  const drawn = Array.from({ length: 200 }, () => wait(times, patience));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.8 * middle);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(1.2 * middle);
  expect(new Set(drawn).size).toBeGreaterThan(100);
});

const atRecipient = (response: string) =>
  judgeFault({ responseCode: Number(response.slice(0, 3)), response, command: "RCPT TO", message: "refused" });

test.each([
  "550 5.1.1 <ben@globex.example>: Recipient address rejected: User unknown in relay recipient table",
  "550-5.1.1 The email account that you tried to reach does not exist.",
  "550 5.1.2 <ben@globex.exmaple>: Recipient address rejected: Domain not found",
  "501 5.1.3 Bad recipient address syntax",
  "551 5.1.6 <ben@globex.example> has moved",
  "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
  "550 <ben@globex.example>: User unknown",
  "550 no such user",
  "550 No Such User Here",
  "551 sorry, no mailbox here by that name",
  "553 blocklist@globex.example: recipient does not exist",
  "550 Invalid recipient",
])("an address is unknown at: %s", (response) => {
  expect(atRecipient(response)).toMatchObject({ temporary: false, ofServer: false, ofAddress: true });
});

test.each([
  "550-Verification failed for <noreply@acme.example>\n550-Unrouteable address\n550 Sender verify failed",
  "550-Verification failed for <noreply@acme.example>\n550-No such user here\n550 Sender verify failed",
  "550 relay not permitted",
  "550 192.0.2.7 is listed at zen.spamhaus.org",
  "550 5.188.1.7 is not welcome here",
  "550 5.1.0 <noreply@acme.example>: Sender address rejected: User unknown",
  "550 5.1.7 <noreply@acme.example>: bad sender address",
  "550 5.1.8 <noreply@acme.exmaple>: Sender address rejected: Domain not found",
  "550 Requested action not taken: mailbox unavailable",
  "550 authentication required",
  "550 5.2.2 mailbox full",
  "550 5.7.1 no such user for you",
  "554 5.7.1 not from you",
])("the mail has failed and its address stays at: %s", (response) => {
  expect(atRecipient(response)).toMatchObject({ temporary: false, ofServer: false, ofAddress: false });
});

test.each([
  ["MAIL FROM", "530 5.7.0 Authentication required"],
  ["MAIL FROM", "530 Must issue a STARTTLS command first"],
  ["MAIL FROM", "550 5.4.5 Daily user sending limit exceeded"],
  ["DATA", "550-5.4.5 Daily user sending quota exceeded.\n550 5.4.5 Learn more"],
])("the server has to be seen to, or let be, and the mail waits at: %s %s", (command, response) => {
  const fault = {
    responseCode: Number(response.slice(0, 3)),
    response,
    command,
    message: "refused",
    code: "EENVELOPE",
  };
  expect(judgeFault(fault)).toMatchObject({ temporary: true, ofServer: true, ofAddress: false });
});

test("a mail that is larger than the server takes is not tried again", () => {
  const fault = { code: "EMESSAGE", command: "MAIL FROM", message: "Message size larger than allowed 1000" };
  expect(judgeFault(fault)).toMatchObject({ temporary: false, ofServer: false, ofAddress: false });
});
