import { TRPCClientError } from "@trpc/client";
import { expect, onTestFinished, test } from "vitest";
import { isAnswering, isSignedOut, reportSession, reportStream, watchedFetch } from "./live.ts";
import { OnceKeys } from "./once-keys.ts";
import { failureOf, refusalOf } from "./problem.ts";
import { Question } from "./question.ts";

test("one answer is the answer of all who asked, and the next question is a new one", async () => {
  const question = new Question();
  const both = [question.ask(), question.ask()];
  question.settle(true);
  expect(await Promise.all(both)).toEqual([true, true]);
  const next = question.ask();
  question.settle(false);
  expect(await next).toBe(false);
});

test("what is asked for again has its key, until it is done", () => {
  const keys = new OnceKeys();
  const [first, other] = [keys.of({ address: "a@example.com" }), keys.of({ address: "b@example.com" })];
  expect(other).not.toBe(first);
  expect(keys.of({ address: "a@example.com" })).toBe(first);
  keys.done();
  expect(keys.of({ address: "a@example.com" })).not.toBe(first);
});

test("that something was left as it is, is said where somebody said so: it may be done where the answer was lost", () => {
  const refusal = (error: unknown) => refusalOf(failureOf(error), "It was left as it is", "It is not known").title;
  const refused = (code: string) => new TRPCClientError("", { result: { error: { data: { problem: { code } } } } });
  expect(refusal(new TypeError("Failed to fetch"))).toBe("It is not known");
  for (const code of ["outcome-unknown", "idempotency_running", "internal"])
    expect(refusal(refused(code)), code).toBe("It is not known");
  for (const code of ["forbidden", "conflict", "not_found", "unavailable"])
    expect(refusal(refused(code)), code).toBe("It was left as it is");
  expect(refusalOf(undefined, "It was left as it is", "It is not known").title).toBe("It was left as it is");
});

test("while the reader has paused, nobody is asked, so nothing is said of who answers", () => {
  reportStream(false);
  expect([isAnswering(false), isAnswering(true)]).toEqual([false, true]);
  reportStream(true);
  expect(isAnswering(false)).toBe(true);
});

test("a session is over by what is refused for want of one, or by the stream's end, until something is answered again", async () => {
  const { fetch: real } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = real;
  });
  const answered = async (status: number) => {
    globalThis.fetch = async () => new Response(null, { status });
    await watchedFetch("http://service.test");
    return isSignedOut();
  };
  expect(await answered(200)).toBe(false);
  expect(await answered(403)).toBe(false);
  expect(await answered(401)).toBe(true);
  expect(await answered(503), "says nothing of it").toBe(true);
  expect(await answered(200)).toBe(false);
  reportSession(false);
  expect(isSignedOut()).toBe(true);
  expect(await answered(200)).toBe(false);
});

test("an answer that comes late says nothing of the session of now", async () => {
  const { fetch: real } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = real;
  });
  const answers: ((status: number) => void)[] = [];
  globalThis.fetch = () => new Promise((resolve) => answers.push((status) => resolve(new Response(null, { status }))));
  const [early, late] = [watchedFetch("http://service.test"), watchedFetch("http://service.test")];
  answers[1]?.(401);
  await late;
  answers[0]?.(200);
  await early;
  expect(isSignedOut()).toBe(true);
  const under = watchedFetch("http://service.test");
  reportSession(true);
  answers[2]?.(401);
  await under;
  expect(isSignedOut()).toBe(false);
});
