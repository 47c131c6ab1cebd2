import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { Client } from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { copyWith, nameOf, nowhere, run } from "../testing/bare-database.ts";
import { certificates } from "../testing/certificates.ts";
import { withEngine } from "../testing/schema-engine.ts";
import { sessionsWaiting } from "../testing/sessions-waiting.ts";
import { parseDatabaseUrl, withDatabase } from "./database-url.ts";
import { migrate } from "./migrate.ts";
import { migrationsFolder } from "./project-root.ts";

const ALL = readdirSync(migrationsFolder()).filter((name) => name !== "migration_lock.toml");

describe("a database", () => {
  test("that is missing is made, gets everything and a login; the second time there is nothing to do", async () => {
    const ownerUrl = nowhere();
    const first = await migrate({ ownerUrl, runtimePassword: "it's \\ a secret" });
    expect(first.applied).toEqual(ALL);
    const second = await migrate({ ownerUrl, runtimePassword: "it's \\ a secret" });
    expect(second).toEqual({ runtimeUrl: first.runtimeUrl, applied: [] });
    expect(await run("select count(*)::int as n from tenants", first.runtimeUrl)).toEqual([{ n: 0 }]);
    const [role] = await run("select current_user || '@' || current_database() as name", first.runtimeUrl);
    expect(role).toEqual({ name: `parley_${nameOf(ownerUrl)}@${nameOf(ownerUrl)}` });
  });

  test("gets a changed password at the next start, and the old one is refused", async () => {
    const ownerUrl = nowhere();
    const { runtimeUrl: old } = await migrate({ ownerUrl, runtimePassword: "before" });
    const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword: "after" });
    expect(await run("select 1 as one", runtimeUrl)).toEqual([{ one: 1 }]);
    await expect(run("select 1", old)).rejects.toMatchObject({ code: "28P01" });
  });

  test("keeps its password while somebody works with it, and who brings another one is told what to do", async () => {
    const ownerUrl = nowhere();
    const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword: "theirs" });
    const node = new Client({ connectionString: runtimeUrl });
    await node.connect();
    onTestFinished(() => node.end());
    const other = migrate({ ownerUrl, runtimePassword: "another" });
    await expect(other).rejects.toThrow(/^A service .* another AUTH_SECRET.*\.$/);
    expect(await run("select 1 as one", runtimeUrl)).toEqual([{ one: 1 }]);
    expect((await migrate({ ownerUrl, runtimePassword: "theirs" })).applied).toEqual([]);
  });

  test("that refuses the login for another reason than its password has that reason told while somebody works", async () => {
    const ownerUrl = nowhere();
    const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword: "theirs" });
    const node = new Client({ connectionString: runtimeUrl });
    await node.connect();
    onTestFinished(() => node.end());
    const role = `parley_${nameOf(ownerUrl)}`;
    await run(`alter role ${role} nologin`);
    const start = () => migrate({ ownerUrl, runtimePassword: "theirs" });
    await expect(start()).rejects.toThrow(/^Parley cannot log in .* is not permitted to log in$/);
    await run(`alter role ${role} login`);
    expect((await start()).applied).toEqual([]);
  });

  test("is migrated once when many nodes start together, also beside another database", async () => {
    const urls = [nowhere(), nowhere()];
    const starts = await Promise.all(
      urls.concat(urls, urls).map((ownerUrl) => migrate({ ownerUrl, runtimePassword: "x" })),
    );
    // Who builds an index concurrently has no lock before and after: another may do what follows, but nothing is done twice.
    for (const runtimeUrl of new Set(starts.map((start) => start.runtimeUrl))) {
      const applied = starts.filter((start) => start.runtimeUrl === runtimeUrl).flatMap((start) => start.applied);
      expect(applied.toSorted()).toEqual(ALL.toSorted());
    }
    expect(new Set(starts.map((start) => start.runtimeUrl)).size).toBe(2);
  });

  test("lets in no login of another database", async () => {
    const [one, other] = [nowhere(), nowhere()];
    const { runtimeUrl } = await migrate({ ownerUrl: one, runtimePassword: "x" });
    await migrate({ ownerUrl: other, runtimePassword: "x" });
    const astray = withDatabase(parseDatabaseUrl(runtimeUrl), nameOf(other)).href;
    await expect(run("select 1", astray)).rejects.toMatchObject({ code: "42501" });
  });

  test("of another encoding is refused", async () => {
    const ownerUrl = nowhere();
    await run(
      `create database ${nameOf(ownerUrl)} template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'`,
    );
    await expect(migrate({ ownerUrl, runtimePassword: "x" })).rejects.toThrow("needs UTF8");
  });

  test("that nobody serves is named", async () => {
    const gone = migrate({ ownerUrl: "postgresql://me:secret@127.0.0.1:1/parley", runtimePassword: "x" });
    await expect(gone).rejects.toThrow(/^No connection to Postgres at 127.0.0.1:1: .*ECONNREFUSED/);
  });
});

test("a server whose certificate nobody known has signed is named with what its address needs, and with that it is trusted", async () => {
  const { good: cert, key, authority } = certificates;
  const server = createServer((socket) => {
    socket
      .on("error", () => {})
      .once("data", () => {
        socket.write("S"); // it speaks TLS
        new TLSSocket(socket, { isServer: true, cert, key }).on("error", () => {}).on("data", () => socket.destroy());
      });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const folder = mkdtempSync(join(tmpdir(), "parley-ca-"));
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "ca.pem"), authority);
  const url = `postgresql://me:secret@127.0.0.1:${(server.address() as AddressInfo).port}/parley?sslmode=`;
  const start = (mode: string) => migrate({ ownerUrl: url + mode, runtimePassword: "x" });
  await expect(start("require")).rejects.toThrow(/^No connection .*\?sslmode=verify-full&sslrootcert=/);
  await expect(start(`verify-full&sslrootcert=${folder}/ca.pem`)).rejects.toThrow(
    /^No connection .*terminated unexpectedly$/,
  );
});

describe("the history", () => {
  test("is in order for Prisma's own engine", async () => {
    const ownerUrl = nowhere();
    await migrate({ ownerUrl, runtimePassword: "x" });
    const diagnosis = await withEngine(ownerUrl, (engine) =>
      engine.diagnoseMigrationHistory({
        migrationsList: list(migrationsFolder()),
        optInToShadowDatabase: false,
        filters: none,
      }),
    );
    expect(diagnosis).toMatchObject({
      editedMigrationNames: [],
      failedMigrationNames: [],
      hasMigrationsTable: true,
      history: null,
    });
    const again = await withEngine(ownerUrl, (engine) =>
      engine.applyMigrations({ migrationsList: list(migrationsFolder()), filters: none }),
    );
    expect(again.appliedMigrationNames).toEqual([]);
  });

  test("of a newer release stops the start", async () => {
    const ownerUrl = nowhere();
    await migrate({ ownerUrl, runtimePassword: "x", migrations: copyWith("29991231000000_future", "select 1") });
    await expect(migrate({ ownerUrl, runtimePassword: "x" })).rejects.toThrow(
      "does not know: 29991231000000_future. It was last used by a newer release",
    );
  });

  test("with a migration changed since stops the start; other line ends are no change", async () => {
    const ownerUrl = nowhere();
    const name = "29991231000000_last";
    await migrate({ ownerUrl, runtimePassword: "x", migrations: copyWith(name, "select 1;\nselect 2;\n") });
    const windows = await migrate({
      ownerUrl,
      runtimePassword: "x",
      migrations: copyWith(name, "select 1;\r\nselect 2;\r\n"),
    });
    expect(windows.applied).toEqual([]);
    const edited = migrate({ ownerUrl, runtimePassword: "x", migrations: copyWith(name, "select 1;\nselect 3;\n") });
    await expect(edited).rejects.toThrow("was changed after it was applied");
  });

  test("keeps nothing of an upgrade that fails, and the next start tries again", async () => {
    const ownerUrl = nowhere();
    await migrate({ ownerUrl, runtimePassword: "x" });
    const broken = copyWith("29991231000000_second", "create table half ();\nselect nonsense;");
    mkdirSync(join(broken, "29991230000000_first"));
    writeFileSync(join(broken, "29991230000000_first", "migration.sql"), "create table whole ();");
    await expect(migrate({ ownerUrl, runtimePassword: "x", migrations: broken })).rejects.toThrow(
      'The migration 29991231000000_second failed and nothing of it was kept: column "nonsense" does not exist (line 2)',
    );
    expect(await run("select to_regclass('half') as half, to_regclass('whole') as whole", ownerUrl)).toEqual([
      { half: null, whole: null },
    ]);
    expect((await migrate({ ownerUrl, runtimePassword: "x" })).applied).toEqual([]);
  });
});

test("an upgrade that a working node's locks cross is made once they are gone", async () => {
  const ownerUrl = nowhere();
  await migrate({ ownerUrl, runtimePassword: "x" });
  // The one that waits first is never the one to be cancelled: its look for a deadlock is long past.
  const pause = "select pg_advisory_xact_lock(7);";
  const migrations = copyWith(
    "99999999999999_locks",
    `lock table deliveries; ${pause} lock table notifications; create table upgraded ();`,
  );
  const [node, gate] = [new Client({ connectionString: ownerUrl }), new Client({ connectionString: ownerUrl })];
  for (const client of [node, gate]) {
    await client.connect();
    onTestFinished(() => client.end());
  }
  await gate.query("select pg_advisory_lock(7)"); // in no transaction: one sees the sessions as they were at its beginning
  await node.query("set deadlock_timeout = '10min'; begin; lock table notifications in row exclusive mode");
  const upgraded = migrate({ ownerUrl, runtimePassword: "x", migrations });
  await expect.poll(() => sessionsWaiting(gate), { timeout: 20_000 }).toBe(1);
  const crossed = node.query("lock table deliveries in row exclusive mode; commit");
  await expect.poll(() => sessionsWaiting(gate), { timeout: 20_000 }).toBe(2);
  await gate.query("select pg_advisory_unlock(7)");
  expect((await upgraded).applied).toEqual(["99999999999999_locks"]);
  await crossed;
});

test("a runtime role that could pass the walls stops the start", async () => {
  const ownerUrl = nowhere();
  await migrate({ ownerUrl, runtimePassword: "x" });
  const role = `parley_${nameOf(ownerUrl)}`;
  await run(`alter role ${role} bypassrls`);
  await expect(migrate({ ownerUrl, runtimePassword: "x" })).rejects.toThrow(`must not work as the role ${role}`);
  await run(`alter role ${role} nobypassrls; create role mighty bypassrls; grant mighty to ${role}`);
  onTestFinished(async () => void (await run("drop role mighty")));
  await expect(migrate({ ownerUrl, runtimePassword: "x" })).rejects.toThrow("it is or can become mighty");
  await run(`revoke mighty from ${role}; alter table nodes owner to ${role}`, ownerUrl);
  await expect(migrate({ ownerUrl, runtimePassword: "x" })).rejects.toThrow("it owns the table nodes");
});

test("a migration during which the server goes away says so", async () => {
  const name = "99999999999999_cut";
  const migrations = copyWith(name, "select pg_terminate_backend(pg_backend_pid());");
  const failed = migrate({ ownerUrl: nowhere(), runtimePassword: "x", migrations });
  await expect(failed).rejects.toThrow(new RegExp(`${name} failed and nothing of it was kept: .*terminat`));
});

const none = { externalTables: [], externalEnums: [] };

/** The folder as the engine wants to be told of it. */
function list(folder: string) {
  return {
    baseDir: folder,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories: ALL.map((path) => {
      const content = { tag: "ok" as const, value: readFileSync(join(folder, path, "migration.sql"), "utf8") };
      return { path, migrationFile: { path: "migration.sql", content } };
    }),
  };
}
