import type { Chat } from "../../domain/chats/schema.ts";
import type { Message } from "../../domain/messages/schema.ts";
import { Owner } from "../chaos/owner.ts";
import type { Caller, Stack, TestTenant } from "../stack.ts";

/** How a row's readers come back. */
export interface Absence {
  tenant: TestTenant;
  token: string;
  /** The node they come back to. */
  url: string;
  since: string;
  /** Messages after the cursor, grown by what is sent meanwhile; or why the cursor is of no use. */
  expected: string[] | "expired" | "invalid";
  /** Sends one more. Returns its id. */
  send(): Promise<string>;
}

/** One way to have been away. */
export interface ResumeRow {
  name: string;
  prepare(world: World): Promise<Absence>;
}

export interface World {
  stack: Stack;
  otherUrl: string;
}

const missed = 5;

/** A tenant of the row's own with a reader who misses messages. */
export async function away(world: World, name: string, chats = 1): Promise<Absence & { expected: string[] }> {
  const tenant = await world.stack.tenant(name);
  const ada = tenant.as("ada");
  const made: Chat[] = [];
  while (made.length < chats)
    made.push(...(await Promise.all(Array.from({ length: Math.min(20, chats - made.length) }, () => makeChat(ada)))));
  const { body } = await tenant.as("rea")<{ nextCursor: string }>("GET", "/events");
  const expected: string[] = [];
  let turn = 0;
  const send = async () => {
    const { body } = await ada<Message>("POST", `/Chat/${made[turn++ % chats]?.id}/messages`, { content: "x" });
    expected.push(body.id);
    return body.id;
  };
  for (let i = 0; i < Math.max(missed, chats); i++) await send();
  return { tenant, token: await tenant.token("rea"), url: world.stack.url, since: body.nextCursor, expected, send };
}

async function makeChat(ada: Caller): Promise<Chat> {
  const { status, body } = await ada<Chat>("POST", "/Chat", { memberUserIds: ["rea"] });
  if (status !== 201) throw new Error(`No chat: ${status}`);
  return body;
}

/** Changes a row's log as only the owner of the tables can. */
async function bend({ stack }: World, sql: string, tenantId: string): Promise<void> {
  const owner = await Owner.open(stack.database.ownerUrl);
  await owner.client.query(sql, [tenantId]);
  await owner.close();
}

export const resumeRows: ResumeRow[] = [
  {
    name: "longer than the log is kept",
    prepare: async (world) => {
      const absence = await away(world, "retention");
      await bend(world, "update tenant_log set floor = position where tenant_id = $1", "retention");
      return { ...absence, expected: "expired" };
    },
  },
  {
    name: "a change of epoch",
    prepare: async (world) => {
      const absence = await away(world, "epoch");
      await bend(world, "update tenant_log set epoch = epoch + 1 where tenant_id = $1", "epoch");
      return { ...absence, expected: "expired" };
    },
  },
  {
    name: "a cursor ahead of the log",
    prepare: async (world) => {
      const absence = await away(world, "ahead");
      const { cursors } = world.stack.api.services;
      const { epoch, position } = cursors.decode(absence.tenant.tenantId, absence.since);
      const since = cursors.encode(absence.tenant.tenantId, epoch, position + 100_000);
      return { ...absence, since, expected: "expired" };
    },
  },
  {
    name: "a cursor of another tenant",
    prepare: async (world) => {
      const { since } = await away(world, "foreign");
      return { ...(await away(world, "native")), since, expected: "invalid" };
    },
  },
  {
    name: "a cursor that is garbage",
    prepare: async (world) => ({ ...(await away(world, "garbage")), since: "not/a+cursor", expected: "invalid" }),
  },
  {
    name: "a cursor that is garbage, and long",
    prepare: async (world) => ({ ...(await away(world, "long-garbage")), since: "x".repeat(300), expected: "invalid" }),
  },
  {
    name: "back on another node",
    prepare: async (world) => ({ ...(await away(world, "elsewhere")), url: world.otherUrl }),
  },
  { name: "201 chats", prepare: (world) => away(world, "many-chats", 201) },
];
