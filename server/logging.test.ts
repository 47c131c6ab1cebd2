import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Stack, startStack, type TestTenant } from "./testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;
const lines: string[] = [];
const write = process.stdout.write;

beforeAll(async () => {
  process.stdout.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    lines.push(String(chunk));
    return write.call(process.stdout, chunk, ...rest);
  }) as typeof process.stdout.write;
  stack = await startStack({ logLevel: "debug" });
  tenant = await stack.tenant("acme");
});
afterAll(async () => {
  process.stdout.write = write;
  await stack.close();
});

test("a line a request, with its id and without any secret", async () => {
  const token = await tenant.token("ada");
  const answer = await call(`${tenant.url}/Chat?access_token=${token}`, "GET", undefined, {
    authorization: `Bearer ${token}`,
  });
  await call(`${tenant.url}/hub/negotiate?negotiateVersion=1&access_token=${token}`, "POST", undefined, {
    "x-api-key": tenant.primaryKey,
  });
  await expect.poll(() => lines.join("").includes("/hub/negotiate"), { timeout: 5000 }).toBe(true);
  const line = lines
    .map((text) => text.trim())
    .find((text) => text.includes(answer.headers.get("x-request-id") ?? "no id") && text.includes("answered"));
  expect(JSON.parse(line ?? "{}")).toMatchObject({
    tenantId: "acme",
    status: 200,
    req: { method: "GET", path: "/tenant/acme/v1/Chat" },
  });
  expect(lines.join("")).not.toContain(token);
  expect(lines.join("")).not.toContain(tenant.primaryKey);
});
