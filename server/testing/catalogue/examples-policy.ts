import type { Example, OperationName } from "./examples.ts";
import type { Side, Who } from "./world.ts";

type Callers = Record<Who, Example["callers"][Who]>;

const byAdmin: Callers = {
  visitor: "unauthenticated",
  member: "forbidden",
  outsider: "forbidden",
  admin: "ok",
  key: "ok",
  keyAsMember: "ok",
  installation: "forbidden",
};
const byOwner: Callers = { ...byAdmin, member: "ok" };
const byAnyone: Callers = { ...byOwner, visitor: "ok", outsider: "ok" };
const noInput = () => ({});
const ofTemplate = ({ ids }: Side) => ({ name: ids.templateName });
const ofType = ({ ids }: Side) => ({ type: ids.type });
const foreignName = { name: "not_found" } as const;
const template = ["templates", "template_versions"];

const ofAda = () => ({ userId: "ada" });
const ofLink = ({ ids }: Side) => ({ token: ids.linkToken });
const foreignLink = { token: "not_found" } as const;
const choices = {
  categories: [{ type: "Delays", email: "off" }],
  quietHours: { enabled: true, from: "21:00" },
  digest: { every: "daily" },
};

type PolicyNoun = "categories" | "templates" | "preferences";

/** Rows of what decides whether, how and in which words a notification goes out. */
export const policyExamples: Record<Extract<OperationName, `${PolicyNoun}.${string}`>, Example> = {
  "categories.list": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "categories.get": { input: ofType, callers: byAdmin, changes: [], foreign: { type: "not_found" } },
  "categories.put": {
    input: () => ({
      type: "Delays",
      title: "Delays",
      channels: ["inApp", "email"],
      metadataSchema: { type: "object", properties: { pier: { type: "integer" } }, required: ["pier"] },
    }),
    callers: byAdmin,
    changes: ["categories"],
    foreign: {},
  },
  "categories.delete": {
    input: ofType,
    callers: byAdmin,
    changes: ["categories", "tenants"],
    foreign: { type: "not_found" },
  },
  "templates.list": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "templates.get": { input: ofTemplate, callers: byAdmin, changes: [], foreign: foreignName },
  "templates.listVersions": { input: ofTemplate, callers: byAdmin, changes: [], foreign: foreignName },
  "templates.save": {
    input: () => ({ name: "delay", subject: "Pier {{ pier }}", message: "Late by {{ minutes }} minutes" }),
    callers: byAdmin,
    changes: template,
    foreign: {},
  },
  "templates.publish": {
    input: (side) => ({ ...ofTemplate(side), version: 1 }),
    callers: byAdmin,
    changes: template,
    foreign: foreignName,
  },
  "templates.rollBack": { input: ofTemplate, callers: byAdmin, changes: template, foreign: foreignName },
  "templates.preview": {
    input: (side) => ({ ...ofTemplate(side), variables: { pier: 7 } }),
    callers: byAdmin,
    changes: [],
    foreign: foreignName,
  },
  "templates.test": {
    input: (side) => ({ ...ofTemplate(side), userId: "ada", email: "ada@example.com" }),
    callers: byAdmin,
    changes: ["events", "tenant_log", "notifications"],
    foreign: foreignName,
  },
  "templates.delete": { input: ofTemplate, callers: byAdmin, changes: template, foreign: foreignName },
  "preferences.get": { input: ofAda, callers: byOwner, changes: [], foreign: { userId: "forbidden" } },
  "preferences.put": {
    input: () => ({ ...ofAda(), ...choices }),
    callers: byOwner,
    changes: ["preferences", "preference_timings"],
    foreign: { userId: "forbidden" },
  },
  "preferences.getByLink": { input: ofLink, callers: byAnyone, changes: [], foreign: foreignLink },
  "preferences.putByLink": {
    input: (side) => ({ ...ofLink(side), ...choices }),
    callers: byAnyone,
    changes: ["preferences", "preference_timings"],
    foreign: foreignLink,
  },
  "preferences.unsubscribe": { input: ofLink, callers: byAnyone, changes: ["preferences"], foreign: foreignLink },
  "preferences.resubscribe": { input: ofLink, callers: byAnyone, changes: ["preferences"], foreign: foreignLink },
};
