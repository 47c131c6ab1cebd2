import { expect, test } from "vitest";
import { makeApiKey } from "../auth/api-key.ts";
import { forgeToken } from "../testing/credentials.ts";
import { maskSecrets } from "./mask-secrets.ts";

const jwt = forgeToken({ alg: "HS256" }, { sub: "ada" }, "c2lnbmF0dXJl");
const { key } = makeApiKey("acme");

test.each([
  ["a token of a connection", JSON.stringify({ method: "connectionParams", data: { token: jwt } }), jwt],
  ["a token in a text", JSON.stringify({ content: `my token is ${jwt}, keep it` }), jwt],
  ["an API key in a text", JSON.stringify({ content: `try ${key}` }), key],
  [
    "a Pusher signature",
    JSON.stringify({ event: "pusher:subscribe", data: { auth: "app:5ig", channel: "private-x" } }),
    "app:5ig",
  ],
  [
    "one in JSON inside JSON",
    JSON.stringify({ data: JSON.stringify({ shared_secret: "c2VjcmV0", n: 1 }) }),
    "c2VjcmV0",
  ],
  ["a password that has no end here", '{"password":"hunter2-and-mo', "hunter2"],
  ["a token that is cut in the middle", `{"x":"${jwt.slice(0, 30)}`, jwt.slice(0, 20)],
])("takes out %s", (_name, text, secret) => {
  const masked = maskSecrets(text);
  expect(text).toContain(secret);
  expect(masked).not.toContain(secret);
  expect(masked).toContain("•••");
});

test("leaves everything else as it is", () => {
  const text = JSON.stringify({
    code: "not_found",
    content: "The tokens are at the gate",
    author: "ada",
    authority: "x",
  });
  expect(maskSecrets(text)).toBe(text);
});

test("takes time by the length alone, also where nothing but backslashes come", () => {
  const text = "\\".repeat(128 * 1024); // once to the end from each of them would be minutes
  const before = performance.now();
  expect(maskSecrets(text)).toBe(text);
  expect(performance.now() - before).toBeLessThan(3000);
});
