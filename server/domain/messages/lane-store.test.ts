import pg from "pg";
import { expect, test } from "vitest";
import { newId } from "../../ids.ts";
import { startStack } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";
import { type Send, storeMessage } from "./lane-store.ts";

test("what was committed is answered so, also when the repeats beside it cannot be read", async () => {
  const stack = await startStack();
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const tenant = await stack.tenant("acme");
  const { body: chat } = await tenant.as("ada")<Chat>("POST", "/Chat", {});
  const { db } = stack.api.services;
  const sendOf = (content: string, clientMessageId: string): Send => ({
    message: { id: newId(), chatId: chat.id, content, senderId: "ada", metadata: {}, clientMessageId },
    bodyHash: content,
  });
  await storeMessage(db, tenant.tenantId, sendOf("first", "1"));
  await owner.query("alter function find_messages_v1(text, uuid[]) rename to find_messages_v0");
  const outcomes = await Promise.allSettled(
    [sendOf("first", "1"), sendOf("second", "2")].map((send) => storeMessage(db, tenant.tenantId, send)),
  );
  await owner.query("alter function find_messages_v0(text, uuid[]) rename to find_messages_v1");
  expect(outcomes).toMatchObject([
    { status: "rejected", reason: { code: "internal" } },
    { status: "fulfilled", value: { message: { content: "second", seq: 2 }, replayed: false } },
  ]);
  expect(await storeMessage(db, tenant.tenantId, sendOf("first", "1"))).toMatchObject({ replayed: true });
  await owner.end();
  await stack.close();
});
