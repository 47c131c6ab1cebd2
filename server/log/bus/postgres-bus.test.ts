import { afterAll, beforeAll, test } from "vitest";
import { expectMuteIsNoticed } from "../../testing/mute-bus.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres.ts";
import { createPostgresBus } from "./postgres-bus.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("a Postgres that falls mute is noticed, by who only listens too, and heard again when it is back", async () => {
  await expectMuteIsNoticed(database.runtimeUrl, createPostgresBus);
});
