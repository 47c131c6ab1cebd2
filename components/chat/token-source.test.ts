import { afterEach, expect, test, vi } from "vitest";
import { personOf } from "../../client/token-keeper.ts";
import { TokenSource } from "./token-source.ts";

const tokenOf = (userId: string, made = 1) => `-.${btoa(JSON.stringify({ sub: userId, made }))}.-`;
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("who was here before another gets no token of the other, or what is still to be sent would go out as theirs", async () => {
  const source = new TokenSource("acme");
  source.give(tokenOf("ada"));
  const ada = source.tokensOf("ada");
  expect(await ada("start")).toBe(tokenOf("ada"));
  source.give(tokenOf("ben"));
  for (const why of ["start", "expiring", "refused"] as const) await expect(ada(why)).rejects.toThrow("Somebody else");
  expect(await source.tokensOf("ben")("start")).toBe(tokenOf("ben"));
});

test("whose issuer names them by a claim of its own are told apart, too, and a later token is the same one's", () => {
  const made = (oid: string, exp: number) =>
    `-.${btoa(JSON.stringify({ oid, exp, iat: exp - 60, jti: String(exp) }))}.-`;
  expect(personOf(made("ada", 1))).toBe(personOf(made("ada", 2)));
  expect(personOf(made("ada", 1))).not.toBe(personOf(made("ben", 1)));
});

test("of what comes while a new one is waited for, only one of this person is taken", async () => {
  let asked = () => {};
  vi.stubGlobal("window", { parent: { postMessage: () => asked() } });
  const source = new TokenSource("acme");
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

test("a page with no frame around it waits for no other token: nobody is there to give one", async () => {
  vi.useFakeTimers();
  const own = {};
  vi.stubGlobal("window", Object.assign(own, { parent: own }));
  const source = new TokenSource("acme");
  source.give(tokenOf("ada"));
  for (const why of ["expiring", "refused"] as const)
    await expect(source.tokensOf("ada")(why)).rejects.toThrow("No new token came");
  expect(vi.getTimerCount()).toBe(0);
});

test("a token that was made anew does not take the place of another person's", async () => {
  let make = (_token: string) => {};
  const made = new Promise<string>((resolve) => {
    make = resolve;
  });
  const source = new TokenSource("acme", { anew: () => made });
  source.give(tokenOf("ada"));
  const anew = source.tokensOf("ada")("expiring");
  source.give(tokenOf("ben"));
  make(tokenOf("ada", 2));
  expect(await anew).toBe(tokenOf("ada", 2));
  expect(source.current()).toBe(tokenOf("ben"));
});

test("an app that answers with refused tokens is asked thrice, then told so and left alone for a minute", async () => {
  vi.useFakeTimers();
  const source = new TokenSource("acme");
  const heard: { type: string; reason?: string }[] = [];
  let made = 0;
  const postMessage = (message: { type: string }) => {
    heard.push(message);
    if (message.type === "parley:token-expired") queueMicrotask(() => source.give(tokenOf("ada", ++made)));
  };
  vi.stubGlobal("window", { parent: { postMessage } });
  source.give(tokenOf("ada"));
  const ada = source.tokensOf("ada");
  for (let refused = 1; refused <= 3; refused++) expect(await ada("refused")).toBe(tokenOf("ada", refused));
  for (let n = 0; n < 3; n++) await expect(ada("refused")).rejects.toThrow("refused");
  const asked = Array(3).fill({ type: "parley:token-expired" });
  expect(heard).toEqual([...asked, { type: "parley:error", reason: "token_refused" }]);
  // One that comes unasked is tried all the same.
  source.give(tokenOf("ada", 7));
  expect(await ada("start")).toBe(tokenOf("ada", 7));
  vi.advanceTimersByTime(60_000);
  await Promise.resolve();
  expect(heard.at(-1)).toEqual({ type: "parley:token-expired" });
  expect(await ada("start")).toBe(tokenOf("ada", 4));
  expect(await ada("refused")).toBe(tokenOf("ada", 5));
});

test("who goes from one hosted page to another stays who they are, also whoever looks on as somebody; another tenant gets nothing of it", () => {
  const own = { addEventListener: () => {}, removeEventListener: () => {} };
  vi.stubGlobal("window", Object.assign(own, { parent: own }));
  vi.stubGlobal("history", { state: null, replaceState: () => {} });
  const enter = (tenantId: string, { hash = "", isPicked = false } = {}) => {
    vi.stubGlobal("location", { hash, pathname: `/chat/${tenantId}`, search: "" });
    const source = new TokenSource(tenantId, { isPicked });
    source.open();
    source.close();
    return source;
  };
  const first = enter("crew", { hash: `#token=${tokenOf("ada")}&acting` });
  const next = enter("crew");
  expect([next.current(), next.acting]).toEqual([tokenOf("ada"), true]);
  expect(enter("other").current()).toBeUndefined();
  expect(enter("crew", { isPicked: true }).current()).toBeUndefined();

  // A tab of its own is given it on the way.
  const href = first.carry("/inbox/crew?view=unread");
  expect(href).toMatch(/^\/inbox\/crew\?view=unread#token=/u);
  const tab = enter("crew", { hash: new URL(href, "https://parley.example").hash });
  expect([tab.current(), tab.acting]).toEqual([tokenOf("ada"), true]);
  enter("crew", { hash: `#token=${tokenOf("ada", 2)}` });
  expect([enter("crew").current(), enter("crew").acting]).toEqual([tokenOf("ada", 2), false]);
});
