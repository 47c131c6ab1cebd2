import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

test.each([
  ["text/event-stream", true],
  ["Text/Event-Stream", true],
  ["application/json;q=0.5, text/event-stream ; q=0.9", true],
  ["application/json;q=0.5, text/event-stream ; q=0.1", false],
  // A client made from the document names all that an address answers with, and waits for the end of the answer.
  ["application/json, application/problem+json;q=0.8, text/event-stream;q=0.9", false],
  ["text/event-stream, application/json", false],
  ["text/event-stream, application/json;q=0.9", true],
  ["text/event-stream, */*", true],
  ["text/event-stream; charset=utf-8", true],
  ["text/event-stream;q=0", false],
  ["application/json, TEXT/EVENT-STREAM; Q=0.000", false],
  ["text/event-streams", false],
  ["*/*", false],
])("Accept: %s gets a stream: %s", async (accept, isStream) => {
  const aborter = new AbortController();
  const headers = { accept, authorization: `Bearer ${await tenant.token("ada")}` };
  const { headers: got } = await fetch(`${tenant.url}/events`, { headers, signal: aborter.signal });
  expect(got.get("content-type")).toBe(
    isStream ? "text/event-stream; charset=utf-8" : "application/json; charset=utf-8",
  );
  aborter.abort();
});
