import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { isDotSegment } from "../../client/dot-segment.ts";
import { sendCall } from "./api-call.ts";

const server = createServer((request, response) => {
  response.end(Buffer.from(String(request.headers["x-act-as-user"]), "latin1").toString("utf8"));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => server.close());

test("headers are sent in UTF-8, as the command beside the form sends them", async () => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (const userId of ["ada", "josé", "日本", "⛴️"]) {
    const answer = await sendCall({ method: "GET", address, headers: { "X-Act-As-User": userId }, body: undefined });
    expect(answer.text).toBe(userId);
  }
});

test("what an address takes for a step through it is no id", () => {
  expect([".", "..", "...", ".a", ""].filter(isDotSegment)).toEqual([".", ".."]);
});
