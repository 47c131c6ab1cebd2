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

  // The same where it is looked whether what is refused was stored before.
  await tenant.as("ada")("POST", `/Chat/${chat.id}/members`, { userIds: ["ben"] });
  const { status } = await tenant.as("ada")("PATCH", `/Chat/${chat.id}/members/ben`, {
    mutedUntil: "2099-01-01T00:00:00Z",
  });
  expect(status).toBe(200);
  const ofBen = sendOf("no word", "3");
  ofBen.message.senderId = "ben";
  await owner.query("alter function find_sent_v1(text, uuid[], text[], text[], text[], text[]) rename to find_sent_v0");
  const besides = await Promise.allSettled(
    [ofBen, sendOf("third", "4")].map((send) => storeMessage(db, tenant.tenantId, send)),
  );
  await owner.query("alter function find_sent_v0(text, uuid[], text[], text[], text[], text[]) rename to find_sent_v1");
  expect(besides).toMatchObject([
    { status: "rejected", reason: { code: "internal" } },
    { status: "fulfilled", value: { message: { content: "third", seq: 3 }, replayed: false } },
  ]);
  await expect(storeMessage(db, tenant.tenantId, ofBen)).rejects.toMatchObject({ code: "muted" });
  await owner.end();
  await stack.close();
});
