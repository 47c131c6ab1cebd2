import { expect, test } from "vitest";
import { ParleyError, saysGone, sentenceOf, TokenError } from "./parley-error.ts";

test("a person is told which field was refused and why, where the service says it", () => {
  const title = "The request is not valid";
  const errors = { content: ["must be at most 16 KiB of text"] };
  expect(sentenceOf(new ParleyError(400, { title, errors }))).toBe(
    "The request is not valid: content must be at most 16 KiB of text",
  );
  expect(sentenceOf(new ParleyError(403, { title: "x", detail: "Only the owner may" }))).toBe("Only the owner may");
});

test("a person reads what the service says, or of the line that is down, and not why an app has no token", () => {
  const cause = new TokenError(new Error("No new token came"));
  const refused = new ParleyError(401, { detail: "The token has expired." }, { cause });
  expect(refused.message).toBe("The token has expired.; getToken gave no token: No new token came");
  expect(sentenceOf(refused)).toBe("The token has expired.");
  expect(sentenceOf(cause)).toBe(cause.message);
  const noLine = "The service did not answer. Check the connection and try again.";
  const offline = new TypeError("Failed to fetch");
  expect([offline, new TokenError(offline)].map(sentenceOf)).toEqual([noLine, noLine]);
});

test.each([
  ["No answer from identity-provider.production-eu.example", "No answer from identity-provider.production-eu.example"],
  ["The session of eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln has ended", "The session of … has ended"],
  ["Refused: Authorization: Bearer 8xLOxBtZp8.", "Refused: Authorization: Bearer …"],
  [
    "GET /renew?refresh_token=abc123&user=ada&code=xyz&client_secret=s3 said 500, statusCode=500",
    "GET /renew?refresh_token=…&user=ada&code=…&client_secret=… said 500, statusCode=500",
  ],
])("of what getToken throws all is told but what is a secret: %s", (own, told) => {
  expect(new TokenError(new Error(own)).message).toBe(`getToken gave no token: ${told}`);
});

test.each([
  { status: 404, code: undefined, passing: true, gone: false },
  { status: 404, code: 5, passing: true, gone: false },
  { status: 403, code: undefined, passing: false, gone: false },
  { status: 413, code: undefined, passing: false, gone: false },
  { status: 404, code: "not_found", passing: false, gone: true },
  { status: 403, code: "forbidden", passing: false, gone: true },
])("what somebody on the way answers is not the service's word: $status $code", ({ status, code, passing, gone }) => {
  const error = new ParleyError(status, (code ? { code } : {}) as { code?: string });
  expect([error.passing, saysGone(error)]).toEqual([passing, gone]);
});
