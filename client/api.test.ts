import { expect, onTestFinished, test, vi } from "vitest";
import { Api, inTime } from "./api.ts";
import type { ParleyError } from "./parley-error.ts";
import { TokenKeeper } from "./token-keeper.ts";

/** What is asked of the service, which answers nothing. */
function calls() {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (address: string, { method }: RequestInit) => {
    asked.push(`${method} ${address}`);
    return new Response("{}");
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  return { api: new Api({ address: "/v1" }), asked };
}

test.each(["..", ".", ""])("nothing has the id '%s', which would lead to another address: no call", async (id) => {
  const { api, asked } = calls();
  const refused = { status: 404, code: "not_found", message: `Nothing has the id "${id}".` };
  await expect(api.call("members.remove", { chatId: "c", userId: id })).rejects.toMatchObject(refused);
  await expect(api.call("chats.get", { chatId: id })).rejects.toMatchObject(refused);
  expect(asked).toEqual([]);
});

test("whatever else an id is, it is one part of the address", async () => {
  const { api, asked } = calls();
  for (const userId of ["...", "../x", "a b"]) await api.call("members.remove", { chatId: "c", userId });
  const paths = ["...", "..%2Fx", "a%20b"].map((part) => `DELETE /v1/Chat/c/members/${part}`);
  expect(asked).toEqual(paths);
});

test("where the service takes the other token neither, there is no session either, and it is asked for once", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ code: "unauthenticated" }, { status: 401 }));
  onTestFinished(() => void vi.unstubAllGlobals());
  const [reasons, told]: [string[], ParleyError[]] = [[], []];
  const tokens = new TokenKeeper((why) => `token ${reasons.push(why)}`);
  const api = new Api({ address: "/v1", tokens, onSignedOut: (refusal) => told.push(refusal) });
  await expect(api.call("inbox.getCounters", {})).rejects.toMatchObject({ status: 401 });
  expect(told).toMatchObject([{ status: 401 }]);
  expect(reasons).toEqual(["start", "refused"]);
});

test("of a call that there is not the error says so, and nothing goes out", async () => {
  const { api, asked } = calls();
  const unknown = expect.objectContaining({ name: "Error", message: 'There is no call "chats.nothing".' });
  await expect(api.call("chats.nothing" as "chats.get", { chatId: "c" })).rejects.toEqual(unknown);
  expect(asked).toEqual([]);
});

test("what is asked for is in the address, lists one by one, and what is not given is not", async () => {
  const { api, asked } = calls();
  await api.call("presence.get", { userIds: ["a,b", "c d&e=f+g"], chatId: undefined });
  const [, query = ""] = asked[0]?.split("?") ?? [];
  expect([...new URLSearchParams(query)]).toEqual([
    ["userIds", "a,b"],
    ["userIds", "c d&e=f+g"],
  ]);
});

test("the time that a token takes is not the service's, be it the first or another", async () => {
  const { timeout } = AbortSignal;
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout.call(AbortSignal, 50));
  vi.stubGlobal(
    "fetch",
    async (_: string, { signal, headers }: RequestInit & { headers: { authorization: string } }) => {
      signal?.throwIfAborted();
      const isRefused = headers.authorization === "Bearer start";
      return isRefused ? Response.json({ code: "unauthenticated" }, { status: 401 }) : Response.json({ data: [] });
    },
  );
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  // As long as the service has.
  const tokens = new TokenKeeper(
    (why) => new Promise((resolve) => AbortSignal.timeout(50).addEventListener("abort", () => resolve(why))),
  );
  const api = new Api({ address: "/v1", tokens });
  const asking = api.call("messages.list", { chatId: "c" }, inTime());
  await expect(asking).resolves.toMatchObject({ body: { data: [] } });
});
