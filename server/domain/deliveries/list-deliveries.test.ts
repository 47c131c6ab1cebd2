import { afterAll, beforeAll, expect, test } from "vitest";
import { consumers } from "../../jobs/consumers.ts";
import { Planner } from "../../log/planner.ts";
import { type Caller, type Stack, startStack } from "../../testing/stack.ts";

interface Page {
  data: { id: string; userId: string; channel: string; createdAt: string }[];
  nextCursor: string | null;
  totalCount: number;
}

let stack: Stack;
let key: Caller;

beforeAll(async () => {
  stack = await startStack();
  const tenant = await stack.tenant("acme");
  key = tenant.key();
  for (const userId of ["ada", "ben", "ada", "ada", "ben"])
    await key("POST", "/Notifications", { userId, subject: "s", message: "m", email: `${userId}@example.com` });
  const onError = (error: unknown) => {
    throw error;
  };
  await new Planner({ db: stack.api.services.db, consumers, onError }).plan(tenant.tenantId);
});
afterAll(() => stack.close());

const list = async (query: string) => (await key<Page>("GET", `/admin/deliveries?${query}`)).body;

test.each(["", "userId=ada&", "channel=email&userId=ben&", "since=2026-01-01T00:00:00Z&"])(
  "deliveries of %s are the same by cursor as by page, the newest first",
  async (filter) => {
    const paged = await list(`${filter}pageSize=100`);
    expect(paged.data.length).toBeGreaterThan(1);
    expect(paged.totalCount).toBe(paged.data.length);
    const walked: Page["data"] = [];
    for (let before = ""; ; ) {
      const { data, nextCursor, totalCount } = await list(`${filter}limit=2${before}`);
      expect(totalCount).toBeUndefined();
      walked.push(...data);
      if (nextCursor === null) break;
      before = `&before=${nextCursor}`;
    }
    expect(walked).toEqual(paged.data);
    const times = walked.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
  },
);

test("a cursor that the list did not give is refused", async () => {
  expect(await key("GET", "/admin/deliveries?before=x")).toMatchObject({ body: { code: "cursor_invalid" } });
});
