import { expect, onTestFinished, test, vi } from "vitest";
import { TokenError } from "./parley-error.ts";
import { TokenKeeper } from "./token-keeper.ts";

function tokenOf(sub: string, seconds: number, { jti = "", madeAt = Date.now() } = {}): string {
  const iat = Math.floor(madeAt / 1_000);
  return `e.${btoa(JSON.stringify({ sub, iat, exp: iat + seconds, jti }))}.s`;
}

/** Asked for a token `times` times, a second apart: why the app was. */
async function askedBy(make: (n: number) => string, times: number): Promise<string[]> {
  const asked: string[] = [];
  const keeper = new TokenKeeper((why) => make(asked.push(why)));
  for (let n = 0; n < times; n++) {
    await keeper.current();
    vi.setSystemTime(Date.now() + 1_000);
  }
  return asked;
}

test("a token of another person is none, also after a new sign-in", async () => {
  const given = [tokenOf("ada", 3_600), tokenOf("ada", 3_600, { jti: "2" }), tokenOf("ben", 3_600)];
  const keeper = new TokenKeeper(() => given.shift() ?? tokenOf("ada", 3_600, { jti: "3" }));
  await keeper.current();
  keeper.forget();
  const second = await keeper.current();
  keeper.forget();
  await expect(keeper.current()).rejects.toThrow(TokenError);
  expect(await keeper.current()).not.toBe(second);

  const other = [tokenOf("session-1", 3_600), tokenOf("session-2", 3_600)];
  const named = new TokenKeeper(() => other.shift() ?? "", { isNamed: true });
  await named.current();
  named.forget();
  await expect(named.current(), "its user is in a claim of the app's own").resolves.toMatch(/^e\./u);
});

test("with a clock that is ahead, or tokens that nobody renews, the app is asked now and then and not at every call", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const ahead = () => Date.now() - 65 * 60_000;
  const asked = await askedBy((n) => tokenOf("ada", 3_600, { jti: `${n}`, madeAt: ahead() }), 120);
  expect(asked.slice(0, 2)).toEqual(["start", "expiring"]);
  expect(asked.length).toBeLessThan(5);
  const last = tokenOf("ada", 50 * 60, { madeAt: ahead() });
  expect((await askedBy(() => last, 60)).length).toBeLessThan(4);
});

test("short tokens serve until they run out, and each once", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const asked = await askedBy((n) => tokenOf("ada", 40, { jti: `${n}` }), 100);
  expect(asked).toEqual(["start", "expiring", "expiring", "expiring"]);
});

/** A keeper whose app has not answered its first ask in time; `late` answers each ask. */
async function waitedFor() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const late: ((token: string) => void)[] = [];
  const keeper = new TokenKeeper(() => new Promise((resolve) => void late.push(resolve)));
  const first = keeper.current().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await first).toBeInstanceOf(TokenError);
  return { keeper, late };
}

// Another file of this process may have left a connection that sets a timer meanwhile.
test("an app that does not answer keeps nobody waiting for ever: it is asked again, and what comes late is taken", {
  retry: 2,
}, async () => {
  const { keeper, late } = await waitedFor();
  const second = keeper.current().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await second).toBeInstanceOf(TokenError);
  expect(late).toHaveLength(2);
  late[0]?.("signed in at last");
  await vi.advanceTimersByTimeAsync(0);
  expect(await keeper.current()).toBe("signed in at last");
  expect(vi.getTimerCount()).toBe(0);
});

test("a late answer does not take the place of one that was asked for later", async () => {
  const { keeper, late } = await waitedFor();
  const second = keeper.current();
  late[0]?.("old");
  await vi.advanceTimersByTimeAsync(0);
  expect(await keeper.current(), "better than none").toBe("old");
  const other = keeper.other("refused before");
  late[1]?.("fresh");
  expect(await second).toBe("fresh");
  expect(await other).toBe("fresh");
  expect(await keeper.current()).toBe("fresh");

  const third = keeper.other("fresh").catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await third).toBeInstanceOf(TokenError);
  const fourth = keeper.other("fresh");
  await vi.advanceTimersByTimeAsync(0);
  late[3]?.("fresher");
  expect(await fourth).toBe("fresher");
  late[2]?.("old");
  await vi.advanceTimersByTimeAsync(0);
  expect(await keeper.current()).toBe("fresher");
});

test("while another token is awaited that does not come, the one there is serves who was refused an older one", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const answers = [Promise.resolve(tokenOf("ada", 70)), new Promise<string>(() => undefined)];
  const keeper = new TokenKeeper(() => answers.shift() ?? "");
  const known = await keeper.current();
  vi.setSystemTime(Date.now() + 60_000);
  const expiring = keeper.current();
  const other = keeper.other("an older one");
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await expiring).toBe(known);
  expect(await other).toBe(known);
});
