import { expect, test } from "vitest";
import { makeApiKey } from "../auth/api-key.ts";
import { signLinkToken } from "../auth/link-token.ts";
import { mintTenantId } from "../auth/principal.ts";
import { makeLink } from "../domain/persons/make-link.ts";
import { forgeToken } from "../testing/credentials.ts";
import { maskSecrets } from "./mask-secrets.ts";

const jwt = forgeToken({ alg: "HS256" }, { sub: "ada" }, "c2lnbmF0dXJl");
const { key } = makeApiKey("acme");
const { token: link } = makeLink();
const grant = signLinkToken("an AUTH_SECRET", { tenantId: mintTenantId("acme"), userId: "ada", type: "*" });

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
  ["a secret whose name says of what", JSON.stringify({ postmarkSecret: "hunter2", n: 1 }), "hunter2"],
  ["the end of a password with a quote in it", JSON.stringify({ password: 'all"hunter2', n: 1 }), "hunter2"],
  ["the end of one with a plus, as .NET writes it", String.raw`{"password":"all\u002Bhunter2","n":1}`, "hunter2"],
  [
    "the end of one in JSON inside JSON",
    JSON.stringify({ data: JSON.stringify({ secret: 'all"and\\hunter2', n: 1 }) }),
    "hunter2",
  ],
  ["an invitation", JSON.stringify({ link: `https://chat.example/invite/acme.${link}` }), link],
  ["a link to sign in", JSON.stringify({ content: `Press https://chat.example/sign-in?link=${link}` }), link],
  ["one to a new password", JSON.stringify({ content: `https://chat.example/reset?token=${link}, quick` }), link],
  ["the claim of a first start", JSON.stringify({ content: `https://chat.example/sign-up?claim=${link}` }), link],
  ["a mail's link", JSON.stringify({ text: `https://chat.example/u/${grant}\n` }), grant.slice(-24)],
  ["a password that has no end here", '{"password":"hunter2-and-mo', "hunter2"],
  ["a token that is cut in the middle", `{"x":"${jwt.slice(0, 30)}`, jwt.slice(0, 20)],
])("takes out %s", (_name, text, secret) => {
  const masked = maskSecrets(text);
  expect(text).toContain(secret);
  expect(masked).not.toContain(secret);
  expect(masked).toContain("•••");
});

test("leaves what comes after a secret", () => {
  const said = (secret: string) => JSON.stringify({ data: JSON.stringify({ secret, n: 1 }), token: secret, m: 2 });
  expect(maskSecrets(said('all"and\\more'))).toBe(said("•••"));
});

test("leaves everything else as it is", () => {
  const text = JSON.stringify({
    code: "not_found",
    content: "The tokens are at the gate",
    author: "ada",
    authority: "x",
    secretary: "ben",
    hasSecret: true,
    link: "https://chat.example/u/turn?next=/invite/all",
  });
  expect(maskSecrets(text)).toBe(text);
});

test.each([
  ["nothing but backslashes come", "\\".repeat(128 * 1024), /^\\+$/], // once to the end from each of them would be minutes
  ["a secret has one at every other place", `{"secret":"${"\\n".repeat(64 * 1024)}`, /^\{"secret":"•••$/],
  ["nothing but a name comes", `"${"secret-".repeat(20 * 1024)}`, /^"[secrt-]+$/],
])("takes time by the length alone, also where %s", (_name, text, masked) => {
  const before = performance.now();
  expect(maskSecrets(text)).toMatch(masked);
  expect(performance.now() - before).toBeLessThan(3000);
});
