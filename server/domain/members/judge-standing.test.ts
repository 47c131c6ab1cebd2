import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";

let stack: Stack;
let tenant: TestTenant;
/** What comes before the call, past row-level security. */
let rival: pg.Client;
let watcher: pg.Pool;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  rival = new pg.Client({ connectionString: stack.database.ownerUrl });
  await rival.connect();
  watcher = new pg.Pool({ connectionString: stack.database.ownerUrl, max: 1 });
});
afterAll(async () => {
  await rival.end();
  await watcher.end();
  await stack.close();
});

const demote = "update members set role = 'member' where user_id = 'ada'";
const drop = "delete from members where user_id = 'ada'";

test.each([
  ["demoted", "gives no role", demote, "PATCH", "/members/ben", { role: "owner" }, 403],
  ["demoted", "mutes nobody", demote, "PATCH", "/members/ben", { mutedUntil: "2100-01-01T00:00:00Z" }, 403],
  ["demoted", "removes nobody", demote, "DELETE", "/members/ben", undefined, 403],
  ["demoted", "adds nobody", demote, "POST", "/members", { userId: "cleo" }, 403],
  ["demoted", "renames nothing", demote, "PATCH", "", { name: "Mine" }, 403],
  ["demoted", "opens nothing", demote, "PATCH", "", { policy: "open" }, 403],
  ["demoted", "deletes nothing", demote, "DELETE", "", undefined, 403],
  ["taken out", "gives no role", drop, "PATCH", "/members/ben", { role: "owner" }, 404],
  ["taken out", "removes nobody", drop, "DELETE", "/members/ben", undefined, 404],
  ["taken out", "renames nothing", drop, "PATCH", "", { name: "Mine" }, 404],
] as const)("who was %s while the change waited %s", async (_what, _not, statement, method, path, body, status) => {
  const ada = tenant.as("ada");
  const { id } = (await ada<Chat>("POST", "/Chat", { name: "Crew", policy: "moderated", memberUserIds: ["ben"] })).body;
  const asked = await (async () => {
    await rival.query("begin; select 1 from tenant_log where tenant_id = 'acme' for update");
    try {
      const answer = ada(method, `/Chat/${id}${path}`, body);
      await expect.poll(() => sessionsWaiting(watcher), { interval: 10, timeout: 20_000 }).toBeGreaterThan(0);
      await rival.query(`${statement} and chat_id = '${id}'; commit`);
      return await answer;
    } finally {
      await rival.query("rollback");
    }
  })();
  expect(asked.status).toBe(status);
  const ben = tenant.as("ben");
  expect((await ben<Chat>("GET", `/Chat/${id}`)).body).toMatchObject({
    name: "Crew",
    policy: "moderated",
    role: "member",
  });
  const { rows } = await watcher.query(
    "select 1 from members where chat_id = $1 and (user_id = 'cleo' or muted_until > now())",
    [id],
  );
  expect(rows).toEqual([]);
});
