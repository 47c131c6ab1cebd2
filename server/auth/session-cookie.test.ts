import { expect, test } from "vitest";
import { testSecret } from "../testing/stack.ts";
import { isOwnPage, readSessionToken, writeSessionToken } from "./session-cookie.ts";

const own = { baseUrl: "http://10.0.0.5:3000", loopback: false };
const page = "http://10.0.0.5:3000/t/acme";

test.each([
  [{ origin: "http://10.0.0.5:3000" }, "POST", true],
  [{ origin: "http://10.0.0.6:3000" }, "POST", false],
  [{ "sec-fetch-site": "same-origin" }, "GET", true],
  [{ "sec-fetch-site": "same-origin" }, "POST", false],
  // Over plain http to another machine a browser says of a GET only from which page it comes.
  [{ referer: page }, "GET", true],
  [{ referer: page }, "POST", false],
  [{ referer: page, "sec-fetch-site": "cross-site" }, "GET", false],
  [{ referer: "https://evil.example/?http://10.0.0.5:3000" }, "GET", false],
  [{ referer: "http://10.0.0.5:3000.evil.example/" }, "GET", false],
  [{ referer: "10.0.0.5" }, "GET", false],
  [{}, "GET", false],
  [{ referer: "http://localhost:3000/", host: "localhost:3000" }, "GET", false],
])("%j with %s: %s", (headers, method, expected) => {
  expect(isOwnPage({ headers, method }, own)).toBe(expected);
});

test("where only this machine reaches the service, its pages are its own by each of their names", () => {
  const here = { baseUrl: "http://localhost:3000", loopback: true };
  const isOwn = (host: string, asked = host) =>
    isOwnPage({ headers: { referer: `http://${host}/t/acme`, host: asked }, method: "GET" }, here);
  expect(["127.0.0.1:3000", "[::1]:3000", "localhost:3000"].map((host) => isOwn(host))).toEqual([true, true, true]);
  expect([isOwn("127.0.0.1:3001", "127.0.0.1:3000"), isOwn("evil.example:3000")]).toEqual([false, false]);
});

test("the cookie holds no more than which session it is, and not for ever", async () => {
  expect(await readSessionToken(testSecret, await writeSessionToken(testSecret, "s"))).toBe("s");
  expect(await readSessionToken(testSecret, await writeSessionToken(testSecret, "s", -1))).toBeUndefined();
  expect(
    await readSessionToken("another secret of tests, long enough", await writeSessionToken(testSecret, "s")),
  ).toBeUndefined();
});
