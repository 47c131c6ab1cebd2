import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

test("the list reads its address as its stream does: kinds repeated and between commas, since for after, of two places neither", async () => {
  const ada = tenant.as("ada");
  const list = (query: string) => ada<{ data: { type: string }[]; nextCursor: string }>("GET", `/events${query}`);
  const { id } = (await ada<{ id: string }>("POST", "/Chat", {})).body;
  const after = (await list("")).body.nextCursor;
  await ada("POST", `/Chat/${id}/messages`, { content: "not this" });
  await ada("PATCH", `/Chat/${id}`, { name: "renamed" });
  const kinds = "kinds=chat.updated,%20chat.deleted&kinds=member.added&kinds=";
  expect((await list(`?since=${after}&${kinds}`)).body.data.map(({ type }) => type)).toEqual(["chat.updated"]);
  expect((await list("?kinds=chat.updated,nope&kinds=never")).body).toMatchObject({
    errors: { kinds: ["nope is no event type", "never is no event type"] },
  });
  for (const two of [`after=${after}&after=${after}`, `since=${after}&since=x`, `after=${after}&Since=${after}`])
    expect(await list(`?${two}`)).toMatchObject({ status: 400, body: { code: "cursor_invalid" } });
});
