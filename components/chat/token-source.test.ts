import { afterEach, expect, test, vi } from "vitest";
import { TokenSource } from "./token-source.ts";

const tokenOf = (userId: string, made = 1) => `-.${btoa(JSON.stringify({ sub: userId, made }))}.-`;
afterEach(() => vi.unstubAllGlobals());

test("who was here before another gets no token of the other, or what is still to be sent would go out as theirs", async () => {
  const source = new TokenSource();
  source.give(tokenOf("ada"));
  const ada = source.tokensOf("ada");
  expect(await ada("start")).toBe(tokenOf("ada"));
  source.give(tokenOf("ben"));
  for (const why of ["start", "expiring", "refused"] as const) await expect(ada(why)).rejects.toThrow("Somebody else");
  expect(await source.tokensOf("ben")("start")).toBe(tokenOf("ben"));
});

test("of what comes while a new one is waited for, only one of this person is taken", async () => {
  let asked = () => {};
  vi.stubGlobal("window", { parent: { postMessage: () => asked() } });
  const source = new TokenSource();
  const ada = source.tokensOf("ada");
  const waiting = async () => {
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const answer = ada("refused");
    await isAsked;
    return { answer };
  };
  source.give(tokenOf("ada"));
  const first = await waiting();
  source.give(tokenOf("ada", 2));
  expect(await first.answer).toBe(tokenOf("ada", 2));
  const second = await waiting();
  source.give(tokenOf("ben"));
  await expect(second.answer).rejects.toThrow("Somebody else");
});

test("a token that was made anew does not take the place of another person's", async () => {
  let make = (_token: string) => {};
  const made = new Promise<string>((resolve) => {
    make = resolve;
  });
  const source = new TokenSource(() => made);
  source.give(tokenOf("ada"));
  const anew = source.tokensOf("ada")("expiring");
  source.give(tokenOf("ben"));
  make(tokenOf("ada", 2));
  expect(await anew).toBe(tokenOf("ada", 2));
  expect(source.current()).toBe(tokenOf("ben"));
});
