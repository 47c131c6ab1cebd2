import { expect, test } from "vitest";
import { TokenError } from "./parley-error.ts";
import { TokenKeeper } from "./token-keeper.ts";

function tokenOf(sub: string, seconds: number, { jti = "", madeAt = Date.now() } = {}): string {
  const iat = Math.floor(madeAt / 1_000);
  return `e.${btoa(JSON.stringify({ sub, iat, exp: iat + seconds, jti }))}.s`;
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
