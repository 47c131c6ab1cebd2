import type { Example, OperationName } from "./examples.ts";
import { byAdmin, byAnyUser, byMember, byUserOrKey, log, noInput } from "./examples-callers.ts";
import type { Side } from "./world.ts";

type Names = Extract<OperationName, `${"notifications" | "inbox" | "batches" | "topics"}.${string}`>;

const ofNotification = ({ ids }: Side) => ({ notificationId: ids.notificationId });
const ofBatch = ({ ids }: Side) => ({ batchId: ids.batchId });
const ofTopicToTell = ({ ids }: Side) => ({ topic: ids.topicId });
const ofTopic = ({ ids }: Side) => ({ topicId: ids.topicId });
const foreign = { notificationId: "not_found" } as const;
/** The notification is ada's, and an Admin is no owner. */
const byOwner = byMember;
const changes = [...log, "notifications"];
const content = { type: "Reminder", subject: "Cast off", message: "We leave at nine", metadata: { pier: 3 } };

export const inboxExamples: Record<Names, Example> = {
  "notifications.create": {
    input: () => ({
      userId: "ada",
      ...content,
      priority: "High",
      htmlContent: "<b>Nine</b>",
      email: "ada@example.com",
    }),
    callers: byAdmin,
    changes,
    foreign: {},
  },
  "notifications.preview": {
    input: () => ({
      type: "Reminder",
      subject: "Cast off",
      draft: { subject: "{{ at }}", message: "We leave {{ at }}" },
    }),
    callers: byAdmin,
    changes: [],
    foreign: {},
  },
  "notifications.list": {
    input: () => ({ unreadOnly: true, since: "2020-01-01T00:00:00Z" }),
    callers: { ...byAnyUser, key: "user_required" },
    changes: [],
    foreign: {},
  },
  "notifications.get": { input: ofNotification, callers: byOwner, changes: [], foreign },
  "notifications.countUnread": { input: noInput, callers: byAnyUser, changes: [], foreign: {} },
  "notifications.setRead": { input: ofNotification, callers: byOwner, changes, foreign },
  "notifications.setSeen": { input: ofNotification, callers: byOwner, changes, foreign },
  "notifications.setArchived": { input: ofNotification, callers: byOwner, changes, foreign },
  "notifications.snooze": {
    input: (side) => ({ ...ofNotification(side), until: "2980-01-01T09:00:00Z" }),
    callers: byOwner,
    changes: [...changes, "tenant_dues"],
    foreign,
  },
  "notifications.delete": {
    input: ofNotification,
    callers: { ...byUserOrKey, outsider: "not_found" },
    changes,
    foreign,
  },
  "notifications.update": {
    input: ({ ids }) => ({ notificationId: ids.scheduledId, subject: "Cast off later" }),
    callers: byAdmin,
    changes: ["notifications"],
    foreign,
  },
  "notifications.readAll": { input: noInput, callers: byAnyUser, changes, foreign: {} },
  "notifications.seeAll": { input: noInput, callers: byAnyUser, changes, foreign: {} },
  "notifications.bulkRead": {
    input: ({ ids }) => ({ notificationIds: [ids.notificationId, ids.eveNotificationId] }),
    callers: byAnyUser,
    changes,
    foreign: {},
  },
  "notifications.bulkArchive": {
    input: ({ ids }) => ({ notificationIds: [ids.notificationId, ids.eveNotificationId] }),
    callers: byAnyUser,
    changes,
    foreign: {},
  },
  "notifications.bulkDelete": {
    input: ({ ids }) => ({ notificationIds: [ids.notificationId, ids.eveNotificationId] }),
    callers: byAnyUser,
    changes,
    foreign: {},
  },
  "notifications.listAll": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "notifications.getAny": { input: ofNotification, callers: byAdmin, changes: [], foreign },
  "notifications.remove": { input: ofNotification, callers: byAdmin, changes, foreign },
  "batches.create": {
    // Far off: what a batch that runs stores is another's to say.
    input: () => ({ ...content, userIds: ["ada", "ben"], scheduledFor: "2980-01-01T00:00:00Z" }),
    callers: byAdmin,
    changes: ["notification_batches", "tenant_dues"],
    foreign: { chatId: "invalid" },
  },
  "batches.countRecipients": { input: ofTopicToTell, callers: byAdmin, changes: [], foreign: { topic: "not_found" } },
  "batches.list": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "batches.get": { input: ofBatch, callers: byAdmin, changes: [], foreign: { batchId: "not_found" } },
  "batches.update": {
    input: (side) => ({ ...ofBatch(side), subject: "Later", scheduledFor: "2985-01-01T00:00:00Z" }),
    callers: byAdmin,
    changes: ["notification_batches", "tenant_dues"],
    foreign: { batchId: "not_found" },
  },
  "batches.cancel": {
    input: ofBatch,
    callers: byAdmin,
    changes: ["notification_batches", "tenant_dues"],
    foreign: { batchId: "not_found" },
  },
  "topics.list": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "topics.get": { input: ofTopic, callers: byAdmin, changes: [], foreign: { topicId: "not_found" } },
  "topics.put": {
    input: () => ({ topicId: "tides", name: "Tides" }),
    callers: byAdmin,
    changes: ["topics"],
    foreign: { topicId: "ok" },
  },
  "topics.delete": {
    input: ofTopic,
    callers: byAdmin,
    changes: ["topics", "topic_subscribers"],
    foreign: { topicId: "not_found" },
  },
  "topics.listSubscribers": { input: ofTopic, callers: byAdmin, changes: [], foreign: { topicId: "not_found" } },
  "topics.subscribe": {
    input: (side) => ({ ...ofTopic(side), userIds: ["ben", "eve"] }),
    callers: byAdmin,
    changes: ["topic_subscribers"],
    foreign: { topicId: "not_found" },
  },
  "topics.unsubscribe": {
    input: (side) => ({ ...ofTopic(side), userId: "ada" }),
    callers: byAdmin,
    changes: ["topic_subscribers"],
    foreign: { topicId: "not_found" },
  },
  "inbox.getCounters": { input: noInput, callers: byAnyUser, changes: [], foreign: {} },
};
