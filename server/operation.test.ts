import { expect, test } from "vitest";
import { hubMethodName } from "./operation.ts";

test.each<[`${string}.${string}`, string]>([
  ["messages.send", "SendMessage"],
  ["chats.list", "ListChats"],
  ["chats.setNotifications", "SetChatNotifications"],
  ["deliveries.get", "GetDelivery"],
  ["deliveries.list", "ListDeliveries"],
  ["categories.put", "PutCategory"],
  ["batches.cancel", "CancelBatch"],
  ["statuses.get", "GetStatus"],
  ["addresses.get", "GetAddress"],
  ["apiKeys.rotate", "RotateApiKey"],
  ["reads.move", "MoveRead"],
  ["preferences.get", "GetPreferences"],
  ["preferences.putByLink", "PutPreferencesByLink"],
  ["presence.get", "GetPresence"],
  ["inbox.getCounters", "GetInboxCounters"],
])("%s is called %s on the hub", (name, method) => {
  expect(hubMethodName({ name })).toBe(method);
});
