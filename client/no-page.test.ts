import { afterEach, expect, test, vi } from "vitest";
import { Parley } from "./parley.ts";
import type { Notification } from "./types.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("the client works where there is a window and no document, as in React Native", async () => {
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("fetch", async () =>
    Response.json({ data: [], nextCursor: null }, { headers: { "x-event-cursor": "e1" } }),
  );
  const client = new Parley({
    ...{ baseUrl: "http://parley.test", tenantId: "acme", getToken: () => "a.e30.b", userId: "ada", storage: null },
    transports: [
      (options) => {
        options.onOpen();
        return { close: () => undefined };
      },
    ],
  });
  await client.start();
  expect(client.getState().phase).toBe("ready");
  const { late } = client.inbox.deleteLater({ id: "n1" } as Notification, 60_000, () => {});
  expect(() => client.close()).not.toThrow();
  await late;
});
