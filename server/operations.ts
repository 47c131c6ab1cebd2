import { apiKeyOperations } from "./domain/api-keys/operations.ts";
import { auditOperations } from "./domain/audit/operations.ts";
import { batchOperations } from "./domain/batches/operations.ts";
import { categoryOperations } from "./domain/categories/operations.ts";
import { chatOperations, tenantChatOperations } from "./domain/chats/operations.ts";
import { connectionOperations } from "./domain/connections/operations.ts";
import { deliveryOperations } from "./domain/deliveries/operations.ts";
import { demoOperations } from "./domain/demo/operations.ts";
import { eventOperations, tenantEventOperations } from "./domain/events/operations.ts";
import { frameOperations } from "./domain/frames/operations.ts";
import { hostedOperations } from "./domain/hosted/operations.ts";
import { inboxOperations } from "./domain/inbox/operations.ts";
import { issuerOperations } from "./domain/issuers/operations.ts";
import { jobOperations } from "./domain/jobs/operations.ts";
import { mailOperations, sharedMailOperations } from "./domain/mail/operations.ts";
import { memberOperations, tenantMemberOperations } from "./domain/members/operations.ts";
import { messageOperations, tenantMessageOperations } from "./domain/messages/operations.ts";
import { metricsOperations } from "./domain/metrics/operations.ts";
import { notificationOperations } from "./domain/notifications/operations.ts";
import { invitedOperations, operatorOperations } from "./domain/operators/operations.ts";
import { accountOperations, peopleOperations, sessionOperations } from "./domain/persons/operations.ts";
import { preferenceOperations } from "./domain/preferences/operations.ts";
import { presenceOperations } from "./domain/presence/operations.ts";
import { pusherAppOperations } from "./domain/pusher-apps/operations.ts";
import { readOperations } from "./domain/reads/operations.ts";
import { requestOperations } from "./domain/requests/operations.ts";
import { suppressionOperations } from "./domain/suppressions/operations.ts";
import { taskOperations } from "./domain/tasks/operations.ts";
import { templateOperations } from "./domain/templates/operations.ts";
import { installationOperations, tenantOperations } from "./domain/tenants/operations.ts";
import { tokenOperations } from "./domain/tokens/operations.ts";
import { topicOperations } from "./domain/topics/operations.ts";
import { typingOperations } from "./domain/typing/operations.ts";
import { userOperations } from "./domain/users/operations.ts";
import { webhookOperations } from "./domain/webhooks/operations.ts";
import type { Operation } from "./operation.ts";

/** Everything a caller can do. Each transport is computed from this. */
export const operations = {
  chats: chatOperations,
  members: memberOperations,
  messages: messageOperations,
  reads: readOperations,
  notifications: notificationOperations,
  batches: batchOperations,
  topics: topicOperations,
  inbox: inboxOperations,
  deliveries: deliveryOperations,
  suppressions: suppressionOperations,
  mail: mailOperations,
  jobs: jobOperations,
  tasks: taskOperations,
  metrics: metricsOperations,
  webhooks: webhookOperations,
  events: eventOperations,
  typing: typingOperations,
  presence: presenceOperations,
  connections: connectionOperations,
  users: userOperations,
  tokens: tokenOperations,
  apiKeys: apiKeyOperations,
  issuers: issuerOperations,
  pusherApps: pusherAppOperations,
  tenants: tenantOperations,
  installation: { ...installationOperations, ...sharedMailOperations },
  categories: categoryOperations,
  templates: templateOperations,
  preferences: preferenceOperations,
  audit: auditOperations,
  requests: requestOperations,
  frames: frameOperations,
  adminChats: {
    ...tenantChatOperations,
    ...tenantMemberOperations,
    ...tenantMessageOperations,
    ...tenantEventOperations,
  },
  operators: operatorOperations,
  account: { ...accountOperations, ...invitedOperations.account },
  people: { ...peopleOperations, ...invitedOperations.people },
  sessions: sessionOperations,
  demo: demoOperations,
  hosted: hostedOperations,
};

export type Catalogue = typeof operations;

export const allOperations: Operation[] = Object.values(operations).flatMap(
  (noun) => Object.values(noun) as unknown as Operation[],
);
