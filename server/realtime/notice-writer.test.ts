import type { Pool } from "pg";
import { expect, test } from "vitest";
import { mintTenantId } from "../auth/principal.ts";
import { ChannelDirectory } from "./channel-directory.ts";

/** A database that answers when it is told to. */
function slowDatabase() {
  const asked: { channels: string[]; settle(error?: Error): void }[] = [];
  const query = (_text: string, [, input]: [string, string]) =>
    new Promise((resolve, reject) => {
      const channels = JSON.parse(input).map(({ c }: { c: string }) => c);
      asked.push({ channels, settle: (error) => (error ? reject(error) : resolve({ rows: [{ noted: true }] })) });
    });
  return { asked, pool: { query } as unknown as Pool };
}

function openDirectory() {
  const { asked, pool } = slowDatabase();
  const errors: unknown[] = [];
  const directory = new ChannelDirectory({ pool, tidy: async () => {}, onError: (error) => errors.push(error) });
  const note = (tenant: string, from: number, to: number) => {
    for (let i = from; i < to; i++)
      directory.note(mintTenantId(tenant), [{ name: "client_event", channel: `private-${i}`, body: {} }]);
  };
  return { directory, asked, errors, note };
}

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `private-${from + i}`);

test("of one tenant's notices one write is under way; those that come meanwhile are the next, in their order", async () => {
  const { directory, asked, errors, note } = openDirectory();
  note("acme", 0, 100);
  note("globex", 0, 1);
  expect(asked.map(({ channels }) => channels)).toEqual([["private-0"], ["private-0"]]);
  asked[0]?.settle();
  await expect.poll(() => asked).toHaveLength(3);
  expect(asked[2]?.channels).toEqual(numbered(1, 100));
  const flushed = directory.flush();
  for (const { settle } of asked) settle();
  await flushed;
  note("acme", 100, 101);
  expect(asked[3]?.channels).toEqual(["private-100"]);
  expect(errors).toEqual([]);
});

test("of notices that wait no more than a thousand are kept, which is told once for each write", async () => {
  const { asked, errors, note } = openDirectory();
  note("acme", 0, 1101);
  expect(errors).toEqual([]);
  asked[0]?.settle();
  await expect.poll(() => asked).toHaveLength(2);
  expect(asked[1]?.channels).toEqual(numbered(1, 1001));
  expect(errors).toEqual([new Error("100 notices for webhooks were dropped: too many wait to be written")]);
});

test("what could not be noted is told, and the next is noted", async () => {
  const { asked, errors, note } = openDirectory();
  note("acme", 0, 2);
  asked[0]?.settle(new Error("no connection"));
  await expect.poll(() => asked).toHaveLength(2);
  expect(errors).toEqual([new Error("no connection")]);
  expect(asked[1]?.channels).toEqual(["private-1"]);
});
