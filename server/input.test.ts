import { expect, test } from "vitest";
import { createBatch } from "./domain/batches/create-batch.ts";
import { createChat } from "./domain/chats/create-chat.ts";
import { sendMessage } from "./domain/messages/send-message.ts";
import { putPreferences } from "./domain/preferences/put-preferences.ts";
import { updatePusherApp } from "./domain/pusher-apps/update-pusher-app.ts";
import { updateTenant } from "./domain/tenants/update-tenant.ts";
import { DomainError } from "./errors.ts";
import { readInput } from "./input.ts";
import type { Operation } from "./operation.ts";
import { allOperations } from "./operations.ts";

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

test("objects within are read as the fields around them are: in any letter case, null for left out where there is none", () => {
  expect(
    readInput(putPreferences, {
      QuietHours: { Enabled: true, FROM: "22:00", to: null, unknown: 1 },
      Categories: [{ Type: "News", inApp: null, Email: "off", email: "on", Channels: { InApp: { Choice: null } } }],
    }),
  ).toEqual({
    quietHours: { enabled: true, from: "22:00" },
    categories: [{ type: "News", email: "on", channels: { inApp: { choice: null } } }],
  });
  const settings = { AllowedOrigins: ["https://a.example"], Hub: { Url: null, ParallelInvocations: null } };
  expect(readInput(updateTenant, { Settings: settings })).toMatchObject({
    settings: { allowedOrigins: ["https://a.example"], hub: { url: null } },
  });
  const hook = { Url: "https://a.example", Events: ["channel_occupied"] };
  expect(readInput(updatePusherApp, { webhooks: [hook] })).toMatchObject({
    webhooks: [{ url: hook.Url, events: hook.Events }],
  });
});

test("what is the caller's own stays as it is, and what has another form is refused by its path", () => {
  const metadata = { Key: null, key: { Deep: [null] } };
  expect(readInput(sendMessage, { chatId: "c", content: "x", Metadata: metadata })).toMatchObject({ metadata });
  expect(errorsOf(putPreferences, { quietHours: "late" })).toEqual({ quietHours: [expect.any(String)] });
  expect(errorsOf(putPreferences, { categories: [null, { Type: "x" }] })).toEqual({
    "categories.0": [expect.any(String)],
  });
});

test("every operation's input is one whose objects are all read", () => {
  for (const operation of allOperations) expect(() => errorsOf(operation, {}), operation.name).not.toThrow();
});
