import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toDomainError } from "../errors.ts";
import { type CutProxy, openCutProxy } from "../testing/cut-proxy.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { isConnectionLoss } from "./faults.ts";
import { createPool } from "./pool.ts";

let database: TestDatabase;
const lost: unknown[] = [];
const log = { warn: (fields: unknown) => void lost.push(fields) };

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function open(max: number) {
  return createPool({ url: database.ownerUrl, max, name: "pool test", log });
}

describe("what arrives", () => {
  test("64-bit whole numbers as numbers, alone and in arrays; timestamps as Date; JSON parsed", async () => {
    const pool = open(1);
    const { rows } = await pool.query(
      `select 9007199254740991 as big, array[1, null, 3]::bigint[] as list, count(*) as n,
         timestamptz '2026-11-23T10:00:00.5Z' as at, '{"a": 1}'::jsonb as json`,
    );
    expect(rows).toEqual([
      { big: 9007199254740991, list: [1, null, 3], n: 1, at: new Date("2026-11-23T10:00:00.5Z"), json: { a: 1 } },
    ]);
    await pool.end();
  });

  test("a number that would be rounded fails its query, and the connection goes on", async () => {
    const pool = open(1);
    await expect(pool.query("select 9007199254740993 as big")).rejects.toThrow("cannot hold");
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  test("the isolation level and time-outs are set, and the connection bears its name", async () => {
    const pool = open(1);
    const { rows } = await pool.query(
      `select current_setting('transaction_isolation') as isolation, current_setting('statement_timeout') as timeout,
         current_setting('application_name') as name, current_setting('tcp_keepalives_idle') as silence, current_setting('jit') as jit`,
    );
    const expected = { isolation: "read committed", timeout: "30s", name: "pool test", silence: "10", jit: "off" };
    expect(rows).toEqual([expected]);
    // A pooler refuses a connection that asks for anything else as it is made.
    const asked = await pool.query("select name from pg_settings where source = 'client' order by name");
    expect(asked.rows).toEqual([{ name: "application_name" }, { name: "client_encoding" }]);
    await pool.end();
  });
});

describe("a server that falls silent", () => {
  let wire: CutProxy;
  beforeAll(async () => {
    wire = await openCutProxy(database.ownerUrl);
  });
  afterAll(() => wire.close());

  function openSilent(max: number) {
    const url = new URL(database.ownerUrl);
    url.port = new URL(wire.url).port;
    return createPool({ url: url.href, max, name: "pool test", log, silence: 2000 });
  }

  test("fails what it was asked as a loss of the connection, and the next one is answered", async () => {
    const pool = openSilent(1);
    await pool.query("select 1");
    wire.mute();
    const error = await pool.query("select 2").catch((error) => error);
    expect(isConnectionLoss(error)).toBe(true);
    expect(toDomainError(error)).toMatchObject({ code: "unavailable" });
    wire.mend();
    expect((await pool.query("select 3 as three")).rows).toEqual([{ three: 3 }]);
    await pool.end();
  });

  test("fails a connection that it has just let in, and the next one is answered", async () => {
    const pool = openSilent(1);
    const { onConnect } = pool.options;
    pool.options.onConnect = (client) => {
      wire.mute();
      return onConnect?.(client);
    };
    const error = await pool.query("select 1").catch((error) => error);
    expect(isConnectionLoss(error)).toBe(true);
    wire.mend();
    pool.options.onConnect = onConnect;
    expect((await pool.query("select 2 as two")).rows).toEqual([{ two: 2 }]);
    await pool.end();
  });

  test("ends no statement of which something is heard, nor a connection that is asked nothing", async () => {
    const pool = openSilent(2);
    const idle = await pool.connect();
    const itself = "select pg_backend_pid() as pid";
    const { rows } = await idle.query(itself);
    await pool.query("do $$ begin for i in 1..8 loop perform pg_sleep(0.3); raise notice 'at it'; end loop; end $$");
    expect((await idle.query(itself)).rows).toEqual(rows);
    idle.release();
    await pool.end();
  });
});

describe("a server that takes no changes", () => {
  test("is not asked by the same connection again, whoever it was lent to", async () => {
    const pool = open(1);
    await pool.query("create table taken (at int)");
    const lent = await pool.connect();
    await lent.query("set session characteristics as transaction read only");
    await expect(lent.query("insert into taken values (1)")).rejects.toMatchObject({ code: "25006" });
    lent.release();
    expect((await pool.query("insert into taken values (2) returning at")).rows).toEqual([{ at: 2 }]);
    await pool.end();
  });
});

describe("a lost connection", () => {
  test.each(["ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"])(
    "is no fault of the call, also when the server's host is not there: %s",
    (code) => {
      const error = Object.assign(new Error(`getaddrinfo ${code} postgres`), { code });
      expect(toDomainError(error)).toMatchObject({ code: "unavailable", status: 503 });
    },
  );

  test("idle or lent out, is logged and replaced", async () => {
    lost.length = 0;
    const [pool, killer] = [open(2), open(1)];
    const lent = await pool.connect();
    await pool.query("select 1");
    await killer.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pool test' and pid <> pg_backend_pid()",
    );
    await expect.poll(() => lost.length).toBe(2);
    await expect(lent.query("select 1")).rejects.toThrow();
    lent.release(true);
    expect((await pool.query("select 2 as two")).rows).toEqual([{ two: 2 }]);
    await Promise.all([pool.end(), killer.end()]);
  });
});
