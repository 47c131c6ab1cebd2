import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { User } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const profile = {
  displayName: "Ada Lovelace 🧮",
  avatarUrl: "https://example.com/ada.png",
  email: "ada@example.com",
  locale: "en-GB",
  timezone: "Europe/London",
  metadata: { crew: 7, nested: { tags: ["a", null] } },
};

describe("succeeds", () => {
  test("for oneself, for anybody with a key, and for an Admin", async () => {
    for (const caller of [tenant.as("ada"), tenant.key(), tenant.as("root", ["Admin"])]) {
      const { status, body } = await caller<User>("PUT", "/Users/ada", profile);
      expect([status, body]).toEqual([
        200,
        { userId: "ada", ...profile, createdAt: body.createdAt, updatedAt: body.updatedAt },
      ]);
    }
  });

  test("as a whole: what is left out or null is cleared", async () => {
    await tenant.key()("PUT", "/Users/ben", profile);
    const { body } = await tenant.key()<User>("PUT", "/Users/ben", { displayName: "Ben", email: null });
    expect(body).toEqual({
      userId: "ben",
      displayName: "Ben",
      metadata: {},
      createdAt: body.createdAt,
      updatedAt: body.updatedAt,
    });
    expect(Date.parse(body.updatedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(body.createdAt ?? ""));
  });

  test("with an empty body, and with keys in any letter case", async () => {
    expect((await tenant.as("eve")("PUT", "/users/eve", {})).status).toBe(200);
    expect((await tenant.as("eve")<User>("PUT", "/Users/eve", { DisplayName: "Eve" })).body.displayName).toBe("Eve");
  });

  test("for ids with signs in them", async () => {
    for (const userId of ["auth0|5f7c", "ada@example.com", "a/b", "ümläut", "x".repeat(128)]) {
      const path = `/Users/${encodeURIComponent(userId)}`;
      expect((await tenant.key()<User>("PUT", path, { displayName: "X" })).body.userId).toBe(userId);
      expect((await tenant.key()<User>("GET", path)).body.displayName).toBe("X");
    }
  });

  test("ten times at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => tenant.key()("PUT", "/Users/many", { displayName: `${n}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  });
});

test("what waits for a time by the user's clock goes by the zone that was set last, also of two set at once", async () => {
  const put = () => tenant.key()("PUT", "/Users/tess", { timezone: "Europe/London" });
  await put();
  const news = { userId: "tess", subject: "s", message: "m", scheduledForLocal: "2090-01-01T09:00" };
  const { body } = await tenant.key()<{ id: string }>("POST", "/Notifications", news);
  const watcher = new pg.Pool({ connectionString: stack.database.ownerUrl, max: 1 });
  const rival = new pg.Client({ connectionString: stack.database.ownerUrl });
  await rival.connect();
  // Somebody else sets Tokyo, and the times by it; London is set before that has ended.
  await rival.query("begin; update users set timezone = 'Asia/Tokyo' where tenant_id = 'acme' and id = 'tess'");
  await rival.query("update notifications set scheduled_for = '2090-01-01T00:00Z' where id = $1", [body.id]);
  const later = put();
  await expect.poll(() => sessionsWaiting(watcher), { interval: 10, timeout: 20_000 }).toBeGreaterThan(0);
  await rival.query("commit");
  expect((await later).status).toBe(200);
  const { rows } = await rival.query<{ at: Date }>("select scheduled_for as at from notifications where id = $1", [
    body.id,
  ]);
  expect(rows[0]?.at.toISOString()).toBe("2090-01-01T09:00:00.000Z");
  await rival.end();
  await watcher.end();
});

describe("refuses", () => {
  test.each([
    ["a name of 201 characters", { displayName: "x".repeat(201) }],
    ["NUL", { displayName: "a\u0000" }],
    ["half a surrogate pair", { displayName: "\ud83d" }],
    ["an avatar that is a script", { avatarUrl: "javascript:alert(1)" }],
    ["NUL in an address", { avatarUrl: "https://a/\u0000" }],
    ["an email address that is none", { email: "ada" }],
    ["a language that is none", { locale: "english please" }],
    ["a time zone that is none", { timezone: "Mars/Olympus" }],
    ["metadata that is no object", { metadata: [1] }],
    ["metadata of 9 KiB", { metadata: { a: "x".repeat(9 * 1024) } }],
    ["a number for a name", { displayName: 5 }],
  ])("%s with 400", async (_name, body) => {
    expect((await tenant.as("ada")("PUT", "/Users/ada", body)).status).toBe(400);
  });

  test("another user's profile with 403, to users and to keys that act as one", async () => {
    expect((await tenant.as("ben")("PUT", "/Users/ada", { displayName: "Mine" })).status).toBe(403);
    expect((await tenant.key({ "x-act-as-user": "ben" })("PUT", "/Users/ada", { displayName: "Mine" })).status).toBe(
      403,
    );
    expect((await tenant.key({ "x-act-as-user": "ada" })("PUT", "/Users/ada", profile)).status).toBe(200);
  });

  test("ids that no user can have with 400", async () => {
    for (const userId of ["x".repeat(129), "a%0Ab", "a%00b"])
      expect((await tenant.key()("PUT", `/Users/${userId}`, {})).status).toBe(400);
  });

  test("to touch the same user of another tenant", async () => {
    const other = await stack.tenant("globex");
    await other.key()("PUT", "/Users/ada", { displayName: "Another Ada" });
    expect((await tenant.key()<User>("GET", "/Users/ada")).body.displayName).toBe(profile.displayName);
  });
});
