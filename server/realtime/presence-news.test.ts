import { expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import type { Bus } from "../log/bus/bus.ts";
import { Inbox, Outbox } from "../log/bus/outbox.ts";
import { PresenceNews } from "./presence-news.ts";

test.each([
  ["short", (i: number) => `u${i}`],
  ["UUIDs", () => crypto.randomUUID()],
  ["as long as they may be", (i: number) => `${"言".repeat(125)}${i}`],
])("whoever came at once is told to the other nodes, ids %s", async (_name, idOf) => {
  const told: string[] = [];
  const outbox = new Outbox("node-1", async (payload) => {
    expect(Buffer.byteLength(payload)).toBeLessThan(8000);
    for (const message of new Inbox("node-2").read(payload))
      if (message.kind === "presence") told.push(...message.userIds);
  });
  const bus = { publish: (message) => outbox.push(message) } as Bus;
  const news = new PresenceNews({ bus } as ConstructorParameters<typeof PresenceNews>[0]);
  const userIds = Array.from({ length: 450 }, (_, i) => idOf(i));
  news.pass("acme" as TenantId, userIds);
  await expect.poll(() => told).toEqual(userIds);
});
