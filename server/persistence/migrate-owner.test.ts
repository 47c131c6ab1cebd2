import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { Client } from "pg";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { copyWith, nameOf, nowhere, ownerWith, run } from "../testing/bare-database.ts";
import { parseDatabaseUrl, withDatabase } from "./database-url.ts";
import { migrate } from "./migrate.ts";
import { migrationsFolder } from "./project-root.ts";

const ALL = readdirSync(migrationsFolder()).filter((name) => name !== "migration_lock.toml");

describe("an owner that is no superuser", () => {
  test("with CREATEDB and CREATEROLE does it all alone", async () => {
    const ownerUrl = await ownerWith("createdb createrole");
    const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword: "x" });
    expect(await run("select count(*)::int as n from messages", runtimeUrl)).toEqual([{ n: 0 }]);
    expect((await migrate({ ownerUrl, runtimePassword: "x" })).applied).toEqual([]);
  });

  test("who may not create the database is told the statement", async () => {
    const ownerUrl = await ownerWith("createrole");
    await expect(migrate({ ownerUrl, runtimePassword: "x" })).rejects.toThrow(`CREATE DATABASE "${nameOf(ownerUrl)}"`);
  });

  test("who may not create roles is told statements without the password, and they are enough", async () => {
    const ownerUrl = await ownerWith("createdb");
    const runtimePassword = randomBytes(12).toString("hex");
    const fault = await migrate({ ownerUrl, runtimePassword }).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(fault?.name).toBe("StartError");
    expect(fault?.message).not.toContain(runtimePassword);
    const sql = fault?.message.split("start again:\n")[1];
    await run(sql ?? "");
    expect((await migrate({ ownerUrl, runtimePassword })).applied).toEqual(ALL);
    await expect(migrate({ ownerUrl, runtimePassword: "another" })).rejects.toThrow("ALTER ROLE");
  });

  test("who does not own the database is told the statements that mend it, also where its schema is of an older Postgres", async () => {
    const ownerUrl = await ownerWith("createrole");
    await run(`create database ${nameOf(ownerUrl)}`);
    await run("alter schema public owner to current_user", asSuperuser(ownerUrl));
    const fault = await migrate({ ownerUrl, runtimePassword: "x" }).catch((error: Error) => error);
    expect(fault).toMatchObject({
      name: "StartError",
      message: expect.stringMatching(/^The user o_\w+ .* m_\w+\..*:\n/),
    });
    await run((fault as Error).message.split("start again:\n")[1] ?? "", asSuperuser(ownerUrl));
    expect((await migrate({ ownerUrl, runtimePassword: "x" })).applied).toEqual(ALL);
  });
});

test("a server that refuses what Postgres keeps of a password, as Neon does when the role is committed, gets the password", async () => {
  const ownerUrl = nowhere();
  const query = Client.prototype.query as (this: Client, ...asked: unknown[]) => Promise<unknown>;
  let verifiers = 0;
  let pending = false;
  vi.spyOn(Client.prototype, "query").mockImplementation(async function (this: Client, ...asked: unknown[]) {
    const [text] = asked;
    pending ||= typeof text === "string" && text.includes("PASSWORD 'SCRAM-SHA-256$");
    if (text !== "commit" || !pending) return query.apply(this, asked);
    pending = false;
    verifiers++;
    await query.call(this, "rollback");
    // As Postgres names it, word by word.
    return query.call(
      this,
      `do $$ begin raise exception using errcode = 'XX000', message =
      'Received HTTP code 400 from control plane: {"error":"Neon only supports being given plaintext passwords"}'; end $$`,
    );
  });
  onTestFinished(() => void vi.restoreAllMocks());
  const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword: "it's a secret" });
  expect(verifiers).toBe(1);
  expect(await run("select 1 as one", runtimeUrl)).toEqual([{ one: 1 }]);
});

test("a role whose statements may take no longer than a moment makes the upgrade all the same", async () => {
  const ownerUrl = await ownerWith("createdb createrole");
  const user = new URL(ownerUrl).username;
  const waits = { statement_timeout: "2s", lock_timeout: "1ms", idle_in_transaction_session_timeout: "1ms" };
  for (const [setting, wait] of Object.entries(waits)) await run(`alter role ${user} set ${setting} = '${wait}'`);
  const migrations = copyWith("29991231000000_slow", "select pg_sleep(2.5)");
  expect((await migrate({ ownerUrl, runtimePassword: "x", migrations })).applied).toContain("29991231000000_slow");
});

function asSuperuser(url: string): string {
  return withDatabase(parseDatabaseUrl(inject("postgres").url), nameOf(url)).href;
}
