import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Notification } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

async function fill(userId: string, count: number): Promise<void> {
  const pg = new Client({ connectionString: stack.database.ownerUrl });
  await pg.connect();
  await pg.query(
    `insert into notifications (tenant_id, id, user_id, type, subject, message, status, position, created_at, visible_at)
     select 'acme', gen_random_uuid(), $1, 'General', 's', 'm', 'visible', -n, now(), now() from generate_series(1, $2::int) n`,
    [userId, count],
  );
  await pg.end();
}

/** Has something done once after the first step of what comes next. */
function afterFirstStep(act: () => Promise<unknown>) {
  const { lanes } = stack.api.services.db;
  const submit = lanes.submit.bind(lanes);
  return vi.spyOn(lanes, "submit").mockImplementationOnce(async (...asked) => {
    const answer = await submit(...asked);
    await act();
    return answer;
  });
}

test.each(["read", "seen"] as const)("what comes while all the rest is being %s is left as it is", async (done) => {
  const userId = `${done}-by`;
  await fill(userId, 1100);
  let late = "";
  const spy = afterFirstStep(async () => {
    const { body } = await tenant.key()<Notification>("POST", "/Notifications", { userId, subject: "s", message: "m" });
    late = body.id;
  });
  const { body } = await tenant.as(userId)("PUT", `/Notifications/${done}-all`);
  spy.mockRestore();
  const { body: left } = await tenant.as(userId)<Notification>("GET", `/Notifications/${late}`);
  expect(left[`${done}At`]).toBeUndefined();
  expect(body).toEqual({ changed: 1100 });
});
