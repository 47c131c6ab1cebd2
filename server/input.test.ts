import { expect, test } from "vitest";
import { createBatch } from "./domain/batches/create-batch.ts";
import { createChat } from "./domain/chats/create-chat.ts";
import { sendMessage } from "./domain/messages/send-message.ts";
import { DomainError } from "./errors.ts";
import { readInput } from "./input.ts";
import type { Operation } from "./operation.ts";

function errorsOf(operation: Operation, raw: Record<string, unknown>): Record<string, string[]> | undefined {
  try {
    readInput(operation, raw);
  } catch (error) {
    if (error instanceof DomainError) return error.face.errors;
    throw error;
  }
  return undefined;
}

test("a field that is left out is said to be required, not to be of a wrong type", () => {
  expect(errorsOf(sendMessage, { chatId: "c" })).toEqual({ content: ["is required"] });
  expect(errorsOf(sendMessage, { chatId: "c", content: null })).toEqual({ content: ["is required"] });
  expect(errorsOf(sendMessage, { chatId: "c", content: 1 })).toEqual({
    content: ["Invalid input: expected string, received number"],
  });
});

test("what a schema says of its own stands", () => {
  expect(errorsOf(createChat, { kind: "bogus" })).toEqual({
    kind: [expect.stringMatching(/one of "group"\|"direct"/)],
  });
  expect(errorsOf(createBatch, { userIds: [], subject: "s", message: "m" })).toEqual({
    userIds: [expect.stringMatching(/^Too small/)],
  });
});
