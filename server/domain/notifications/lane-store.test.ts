import { expect, test } from "vitest";
import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { Context } from "../../operation.ts";
import type { Database } from "../../persistence/database.ts";
import { limits } from "../../schema.ts";
import { changeAll } from "./change-own.ts";
import { createNotification, untilStored } from "./lane-store.ts";

test("what is stored under a key is waited for also when a later call with it is refused at once", async () => {
  const tenantId = "acme" as TenantId;
  const key = { key: "k", scope: "s", bodyHash: "h" };
  const content = { type: "x", subject: "x", message: "x", priority: 1 };
  let store = (_: unknown) => {};
  const answers = [
    () => new Promise((resolve) => (store = resolve)),
    () => Promise.reject(new DomainError("unavailable")),
  ];
  const db = { lanes: { submit: () => answers.shift()?.() } } as unknown as Database;
  const submit = () => createNotification(db, tenantId, { id: "1", userId: "ada", content, key });
  void submit();
  await expect(submit()).rejects.toThrow();
  const order: string[] = [];
  const waiting = untilStored(db, tenantId, key).then(() => order.push("waited"));
  await new Promise(setImmediate);
  order.push("stored");
  store({});
  await waiting;
  expect(order).toEqual(["stored", "waited"]);
});

test("of a change in steps that is refused after the first one nobody is told that nothing was stored", async () => {
  const refusedAfter = (steps: number) => {
    let left = steps;
    const submit = async () => {
      if (left-- === 0) throw new DomainError("unavailable", { retryAfter: 3 });
      return { found: [], changed: limits.notificationsPerCall };
    };
    const services = { db: { moment: () => undefined, now: async () => 0, lanes: { submit } } };
    const ctx = { services, tenantId: "acme", principal: { userId: "ada" } } as unknown as Context;
    return changeAll(ctx, { operation: "read", clientId: undefined });
  };
  await expect(refusedAfter(0)).rejects.toMatchObject({ code: "unavailable" });
  await expect(refusedAfter(2)).rejects.toMatchObject({ code: "outcome-unknown", face: { retryAfter: 3 } });
});
