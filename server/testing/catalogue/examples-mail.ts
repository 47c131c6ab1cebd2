import type { Example, OperationName } from "./examples.ts";
import { byAdmin, byAnyone, byUserOrKey, noInput } from "./examples-callers.ts";
import type { Side } from "./world.ts";

type Names =
  | Extract<OperationName, `${"deliveries" | "suppressions" | "mail" | "jobs"}.${string}`>
  | "installation.takeSesEvent"
  | "installation.takePostmarkEvent";

const ofDelivery = ({ ids }: Side) => ({ deliveryId: ids.deliveryId });
const foreignDelivery = { deliveryId: "not_found" } as const;
/** Signed by nobody: what is told to whoever tries. */
const refusedToAll: Example["callers"] = {
  visitor: "forbidden",
  member: "forbidden",
  outsider: "forbidden",
  admin: "forbidden",
  key: "forbidden",
  keyAsMember: "forbidden",
  installation: "forbidden",
};

const snsMessage = {
  type: "Notification",
  reference: "1",
  topicArn: "arn:aws:sns:eu-central-1:1:bounces",
  message: "{}",
  timestamp: "2026-01-01T00:00:00.000Z",
  signatureVersion: "2",
  signature: "AAAA",
  signingCertUrl: "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem",
};
/** Of the mail server that all tenants share, of which nobody is believed: a tenant's credential is none there. */
const unbelieved = {
  callers: {
    visitor: "forbidden",
    member: "unauthenticated",
    outsider: "unauthenticated",
    admin: "unauthenticated",
    key: "unauthenticated",
    keyAsMember: "unauthenticated",
    installation: "forbidden",
  },
  onHub: { member: "not_found", outsider: "not_found", admin: "not_found", keyAsMember: "not_found" },
  operators: { owner: "forbidden", admin: "forbidden", support: "forbidden", "read-only": "forbidden" },
  changes: [],
  foreign: {},
} satisfies Omit<Example, "input">;

export const mailExamples: Record<Names, Example> = {
  "deliveries.list": {
    input: () => ({ status: "failed", channel: "email" }),
    callers: byAdmin,
    changes: [],
    foreign: {},
  },
  "deliveries.summarize": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "deliveries.get": { input: ofDelivery, callers: byAdmin, changes: [], foreign: foreignDelivery },
  "deliveries.explain": {
    input: ({ ids }) => ({ notificationId: ids.notificationId }),
    callers: { ...byUserOrKey, outsider: "not_found" },
    changes: [],
    foreign: { notificationId: "not_found" },
  },
  "deliveries.resend": { input: ofDelivery, callers: byAdmin, changes: ["deliveries"], foreign: foreignDelivery },
  "deliveries.release": { input: () => ({ action: "cancel" }), callers: byAdmin, changes: ["deliveries"], foreign: {} },
  "suppressions.list": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "suppressions.add": {
    input: () => ({ address: "gone@example.com", detail: "asked by phone" }),
    callers: byAdmin,
    changes: ["suppressions"],
    foreign: {},
  },
  "suppressions.remove": {
    input: ({ ids }) => ({ address: ids.address }),
    callers: byAdmin,
    changes: ["suppressions"],
    foreign: { address: "not_found" },
  },
  "mail.getSettings": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "mail.updateSettings": {
    input: () => ({ host: "smtp.example.com", port: 587, username: "u", password: "p", fromAddress: "a@example.com" }),
    callers: byAdmin,
    changes: ["mail_settings"],
    foreign: {},
  },
  "mail.sendTest": { input: () => ({ to: "ada@example.com" }), callers: byAdmin, changes: ["deliveries"], foreign: {} },
  "mail.listCaught": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "mail.getCaught": {
    input: ({ ids }) => ({ mailId: ids.mailId }),
    callers: byAdmin,
    changes: [],
    foreign: { mailId: "not_found" },
  },
  "mail.takeSesEvent": {
    // Who asks is nothing: the message is not signed.
    operators: { owner: "forbidden", admin: "forbidden", support: "forbidden", "read-only": "forbidden" },
    input: () => snsMessage,
    callers: refusedToAll,
    changes: [],
    foreign: {},
  },
  "mail.takePostmarkEvent": {
    input: ({ ids }) => ({
      recordType: "Bounce",
      type: "HardBounce",
      email: "bounced@example.com",
      reference: "2",
      secret: ids.postmarkSecret,
    }),
    callers: { ...byAnyone, key: "ok" },
    changes: ["suppressions"],
    foreign: { secret: "forbidden" },
  },
  // Neither a topic nor a secret is set.
  "installation.takeSesEvent": { ...unbelieved, input: () => snsMessage },
  "installation.takePostmarkEvent": {
    ...unbelieved,
    input: () => ({ recordType: "Bounce", type: "HardBounce", email: "bounced@example.com", secret: "s" }),
  },
  "jobs.listDead": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "jobs.retryDead": {
    input: ({ ids }) => ({ jobId: ids.jobId }),
    callers: byAdmin,
    changes: [],
    foreign: { jobId: "not_found" },
  },
  "jobs.removeDead": {
    input: ({ ids }) => ({ jobId: ids.jobToRemove }),
    callers: byAdmin,
    changes: [],
    foreign: { jobId: "not_found" },
  },
};
