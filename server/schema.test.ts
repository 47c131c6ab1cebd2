import { expect, test } from "vitest";
import { z } from "zod";
import { isOwnPage } from "./auth/session-cookie.ts";
import { tenantSettingsSchema } from "./domain/tenants/schema.ts";
import { emailAddress, instant, isWebAddress, messageContent, readUrl, text } from "./schema.ts";

test.each([
  ["2026-11-27T01:00:00Z", "2026-11-27T01:00:00.000Z"],
  ["2026-11-27T01:00", "2026-11-27T01:00:00.000Z"],
  ["2026-11-27 01:00:00", "2026-11-27T01:00:00.000Z"],
  ["2026-11-27T02:00:00.1234567+01:00", "2026-11-27T01:00:00.123Z"],
  ["2026-11-27T00:00:00-0100", "2026-11-27T01:00:00.000Z"],
  // As Postgres writes a timestamptz.
  ["2026-11-27 03:00:00.5+02", "2026-11-27T01:00:00.500Z"],
  // As `?since=2026-11-27T02:00:00+01:00` arrives where nobody has encoded the plus.
  ["2026-11-27T02:00:00 01:00", "2026-11-27T01:00:00.000Z"],
])("the time %s is %s", (written, read) => {
  expect(instant.parse(written)).toBe(read);
});

test.each(["2026-11-27", "2026-04-31T00:00:00Z", "2026-11-27T01:00:00 Z", "2026-11-27T01:00:00  01:00", "27.11.2026"])(
  "%s is no time",
  (written) => {
    expect(instant.safeParse(written).success).toBe(false);
  },
);

test.each(["x".repeat(17_000), "ä".repeat(9_000)])("a text that is too long is refused once, in words", (content) => {
  const said = messageContent.safeParse(content).error?.issues.map(({ message }) => message);
  expect(said).toEqual(["must be at most 16 KiB of text"]);
});

test.each([
  ["🚢🚢", true],
  ["🚢🚢🚢", true],
  ["a🚢b", true],
  ["abc", true],
  ["abcd", false],
  ["🚢🚢🚢a", false],
  ["🚢🚢🚢🚢", false],
  ["🚢".repeat(50), false],
])("a limit of three characters counts those of %s, not what JavaScript makes of them", (written, fits) => {
  const said = text(3, "long")
    .safeParse(written)
    .error?.issues.map(({ message }) => message);
  expect(said).toEqual(fits ? undefined : ["long"]);
});

test("a limit of characters is in the schema that callers read", () => {
  expect(z.toJSONSchema(text(3).min(1).optional())).toMatchObject({ minLength: 1, maxLength: 3 });
});

test.each([
  ["ada@example.com", "ada@example.com"],
  ["Ada.L+news@mail.Example.com", "Ada.L+news@mail.Example.com"],
  ["ada@xn--e1afmkfd.xn--p1ai", "ada@xn--e1afmkfd.xn--p1ai"],
  ["ada@пример.рф", "ada@xn--e1afmkfd.xn--p1ai"],
  ["ada@bücher.example", "ada@xn--bcher-kva.example"],
])("the address %s is %s", (written, read) => {
  expect(emailAddress.parse(written)).toBe(read);
});

test.each([
  "ada",
  "ada@localhost",
  "@example.com",
  "ada@@example.com",
  "ada@bü cher.example",
  "ada@bücher.example/x",
  "ada@bücher.example:25",
  "ben@eve@bücher.example",
  "ada@192.0.2.7",
  "ada@-x.example",
  "ädä@example.com",
])("%s is no address", (written) => {
  expect(emailAddress.safeParse(written).success).toBe(false);
});

test("a host longer than any takes no time", () => {
  // Put into ASCII it is seconds for each of these.
  const host = `${String.fromCodePoint(...Array.from({ length: 100_000 }, (_, i) => 0x4e00 + (i % 20_000)))}.example`;
  const before = performance.now();
  expect(emailAddress.safeParse(`ada@${host}`).success).toBe(false);
  expect(isWebAddress(`https://${host}/a.png`)).toBe(false);
  expect(readUrl(` ht\ttps:/\\/\n${host}`)).toBeUndefined();
  expect(tenantSettingsSchema.safeParse({ allowedOrigins: [`https://${host}`] }).success).toBe(false);
  expect(tenantSettingsSchema.safeParse({ hub: { url: `https://${host}` } }).success).toBe(false);
  const own = { baseUrl: "https://parley.example", loopback: false };
  expect(isOwnPage({ headers: { origin: `https://${encodeURIComponent(host)}` }, method: "POST" }, own)).toBe(false);
  expect(performance.now() - before).toBeLessThan(1000);
});

test.each([
  ["https://example.com", "https://example.com/"],
  ["HTTP:\\\\Example.com:81\\a?b//c#d", "http://example.com:81/a?b//c#d"],
  [`https://example.com/${"a".repeat(2000)}`, `https://example.com/${"a".repeat(2000)}`],
  ["https://[::1]:3000/x", "https://[::1]:3000/x"],
  ["https://пример.рф/x", "https://xn--e1afmkfd.xn--p1ai/x"],
  ["/x", undefined],
  ["https://", undefined],
])("as a URL %s is %s", (written, read) => {
  expect(readUrl(written)?.href).toBe(read);
});
