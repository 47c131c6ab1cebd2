import { expect, onTestFinished, test } from "vitest";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import { nowhere, run } from "../testing/bare-database.ts";
import { openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";

test("a database is opened by the AUTH_SECRET that it was first used with and by no other, unless that one is to take its place", async () => {
  const ownerUrl = nowhere();
  const start = (authSecret: string, newSecret?: boolean) =>
    migrate({ ownerUrl, runtimePassword: authSecret, authSecret, newSecret });
  const { runtimeUrl } = await start("the first");
  await expect(start("another")).rejects.toThrow(
    /^The database m_\w+ was used with another AUTH_SECRET: .* new-secret/,
  );
  expect(await run("select 1 as one", runtimeUrl)).toEqual([{ one: 1 }]);
  await expect(run("select from secret_check", runtimeUrl)).rejects.toMatchObject({ code: "42501" });
  await start("the first");
  await start("another", true);
  await expect(start("the first")).rejects.toThrow("another AUTH_SECRET");
  await start("another");
});

test("a database of before, which does not know its AUTH_SECRET yet, is opened by the one that its issuers are sealed with", async () => {
  const ownerUrl = nowhere();
  const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword: "x" });
  const db = openDatabase({ url: runtimeUrl });
  onTestFinished(() => db.close());
  for (const id of ["one", "two"]) await createTenant(db, `the secret of ${id}`, { id, name: id });
  const start = (authSecret: string) => migrate({ ownerUrl, runtimePassword: "x", authSecret });
  await expect(start("the secret of three")).rejects.toThrow("another AUTH_SECRET");
  expect(await run("select from secret_check", ownerUrl)).toEqual([]);
  await start("the secret of two");
  await expect(start("the secret of one")).rejects.toThrow("another AUTH_SECRET");
});
