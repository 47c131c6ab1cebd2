import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const said = JSON.stringify({ userId: "ada", subject: "Packed", message: "x" });

function post(path: string, encoding: string, body: string | Buffer<ArrayBuffer> = said) {
  const headers = { "x-api-key": tenant.primaryKey, "content-type": "application/json", "content-encoding": encoding };
  return fetch(stack.url + path, { method: "POST", headers, body });
}

test.each([
  ["REST", "/tenant/acme/v1/Notifications", "gzip"],
  ["REST", "/tenant/acme/v1/Notifications", "br"],
  ["tRPC", "/api/trpc/notifications.create", "GZIP"],
  ["Pusher's HTTP API", "/apps/acme/events", "gzip"],
])("%s at %s: a body in %s is 415, with what to do", async (_name, path, encoding) => {
  const answer = await post(path, encoding, gzipSync(said));
  expect(answer.status).toBe(415);
  expect(answer.headers.get("accept-encoding")).toBe("identity");
  expect(await answer.text()).toContain("Send the body as it is, without Content-Encoding");
});

test("identity is no encoding, and where there is no body the header says nothing", async () => {
  expect((await post("/tenant/acme/v1/Notifications", "identity")).status).toBe(201);
  const headers = { "x-api-key": tenant.primaryKey, "content-encoding": "gzip" };
  expect((await fetch(`${tenant.url}/admin/tenant`, { headers })).status).toBe(200);
});

test.each([
  ["/Notifications", 257, "256 KiB"],
  ["/Notifications/bulk", 2049, "2 MiB"],
  ["/admin/topics/tides/subscribers", 2049, "2 MiB"],
])("a body that is longer than %s takes is 413, with what it takes", async (path, kib, most) => {
  const answer = await tenant.key()("POST", path, `"${"x".repeat(kib * 1024)}"`);
  expect(answer).toMatchObject({ status: 413, body: { code: "too_large", detail: `A body has at most ${most} here` } });
});

test.each([
  ["nobody", 401, async () => "X-Nobody: 1"],
  ["a user", 403, async () => `Authorization: Bearer ${await tenant.token("ada")}`],
])(
  "a large body is read of who may send it alone: %s is answered %i before it has come",
  async (_who, status, header) => {
    const socket = connect(stack.api.port, "127.0.0.1").setEncoding("utf8");
    const head = [
      "POST /tenant/acme/v1/Notifications/bulk HTTP/1.1",
      "Host: x",
      await header(),
      "Content-Length: 2000000",
    ];
    socket.write(`${head.join("\r\n")}\r\nContent-Type: application/json\r\n\r\n{"subject": "A beg`);
    expect((await once(socket, "data"))[0]).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    socket.destroy();
  },
);

test("a form at an address that is no unsubscribe link comes back to it, whatever is in it", async () => {
  for (const token of ["%E2%82%AC", "a%0D%0Ab"]) {
    const body = new URLSearchParams({ do: "save" });
    const answer = await fetch(`${stack.url}/u/${token}`, { method: "POST", body, redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/u/${token}?fault=not_found`]);
  }
});

test.each([`name=List-Unsubscribe${" \n".repeat(131_000)}`, "name=List-Unsubscribe\n".repeat(11_900)])(
  "a form of parts at an unsubscribe link is read in a time by its length alone, whatever its lines",
  async (body) => {
    const headers = { "content-type": "multipart/form-data; boundary=b" };
    const before = performance.now();
    await fetch(`${stack.url}/u/x`, { method: "POST", headers, body, redirect: "manual" });
    expect(performance.now() - before).toBeLessThan(10_000);
  },
);
