import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type Stack, startStack } from "../../testing/stack.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

/** As long as a part of a template may take, and longer. */
const heavy =
  "{% for i in (1..400) %}{% for j in (1..1000) %}{% if i == j %}{{ i | times: j }}{% endif %}{% endfor %}{% endfor %}";
const draft = { subject: "S", message: heavy };

test.each([
  { what: "a template", path: "/admin/templates/heavy/preview", body: {} },
  { what: "a draft", path: "/admin/notifications/preview", body: { type: "Crew", draft } },
  { what: "a mail to oneself", path: "/admin/mail/test", body: { to: "ada@example.com", draft } },
  { what: "a test", path: "/admin/templates/heavy/test", body: { userId: "ada" } },
])("looking at $what costs its tenant the time that it takes, and nobody else", async ({ path, body }) => {
  const tenant = await stack.tenant(`heavy-${path.length}`);
  const other = await stack.tenant(`other-${path.length}`);
  for (const { key } of [tenant, other])
    expect((await key()("PUT", "/admin/templates/heavy", draft)).status).toBeLessThan(300);
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now()); // no time goes by for what it may take
  onTestFinished(() => clock.mockRestore());
  const look = (at = tenant) => at.key()<{ code: string }>("POST", path, body);
  const answers = [await look()];
  while (answers.at(-1)?.status !== 429 && answers.length < 60) answers.push(await look());
  expect(answers.at(-1)?.body.code).toBe("rate_limited");
  expect(answers[0]?.status).not.toBe(429);
  expect((await look(other)).status).not.toBe(429);
  expect((await tenant.key()("GET", "/admin/templates/heavy")).status).toBe(200);
});
