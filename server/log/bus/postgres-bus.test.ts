import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../testing/hub-client.ts";
import { expectMuteIsNoticed } from "../../testing/mute-bus.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres.ts";
import type { BusMessage } from "./bus.ts";
import { createPostgresBus } from "./postgres-bus.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("a Postgres that falls mute is noticed, by who only listens too, and heard again when it is back", async () => {
  await expectMuteIsNoticed(database.runtimeUrl, createPostgresBus);
});

test("what is said while the connection is lost goes out when it is back", async () => {
  const open = (nodeId: string) => createPostgresBus({ url: database.runtimeUrl, nodeId, onError: () => {} });
  const bus = await open("node-1");
  const owner = new pg.Client(database.ownerUrl);
  await owner.connect();
  const cut =
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'parley bus' and datname = current_database()";
  await owner.query(cut);
  await owner.end();
  await eventually(() => expect(bus.healthy()).toBe(false));
  const other = await open("node-2");
  const heard: BusMessage[] = [];
  other.onMessage((message) => heard.push(message));
  const said: BusMessage = { kind: "hello", nodeId: "node-1" };
  bus.publish(said);
  await eventually(() => expect(bus.healthy()).toBe(true));
  bus.publish({ kind: "hello", nodeId: "last" });
  await eventually(() => expect(heard.at(-1)).toEqual({ kind: "hello", nodeId: "last" }));
  expect(heard[0]).toEqual(said);
  await Promise.all([bus.close(), other.close()]);
});
