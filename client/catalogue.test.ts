import { expect, test } from "vitest";
import { ephemeralTypes, eventTypes } from "../server/events.ts";
import { allOperations } from "../server/operations.ts";
import { hubWords } from "./hub-words.ts";
import { routes } from "./routes.ts";

// The client holds no value of the server, so what it repeats of it is compared here.

test("every call goes where the catalogue says", () => {
  const catalogue = new Map(allOperations.map(({ name, http }) => [name, `${http.method} ${http.path}`]));
  for (const [name, route] of Object.entries(routes))
    expect([name, catalogue.get(name as never)]).toEqual([name, route]);
});

test("every event has the hub's word for it", () => {
  const table = Object.entries({ ...eventTypes, ...ephemeralTypes }).map(([type, { signalr }]) => [signalr, type]);
  expect(hubWords).toEqual(Object.fromEntries(table));
});
