import type { TenantId } from "../../server/auth/principal.ts";
import type { CategoryDraft } from "../../server/domain/categories/schema.ts";
import type { TemplateDraft, templateStates } from "../../server/domain/templates/schema.ts";
import type { Prisma } from "../../server/persistence/generated/client.ts";
import type { TenantTransaction } from "../../server/persistence/prisma.ts";
import { people, zones } from "./cast.ts";

const hour = 60 * 60_000;
const day = 24 * hour;

/** What the ferries tell people, as people see it in their preferences. */
export const categories: (Omit<CategoryDraft, "required"> & { type: string; required?: boolean })[] = [
  {
    type: "Delay",
    title: "Delays",
    description: "When a boat of yours leaves late, or not at all",
    channels: ["inApp", "email"],
    priority: "High",
    metadataSchema: {
      type: "object",
      properties: { line: { type: "string" }, minutes: { type: "integer", minimum: 0 } },
    },
  },
  {
    type: "Rota",
    title: "Your shifts",
    description: "New and moved shifts",
    channels: ["inApp", "email"],
    priority: "Normal",
  },
  { type: "Maintenance", title: "Engines and hulls", channels: ["inApp"], priority: "Low" },
  { type: "Freight", title: "Freight and customs", channels: ["inApp"], priority: "Normal" },
  { type: "SystemAnnouncement", title: "From the office", channels: ["inApp"], priority: "Normal" },
  { type: "UserInvite", title: "Invitations to chats", channels: ["inApp"], priority: "Normal" },
  {
    type: "CrewNews",
    title: "Crew newsletter",
    description: "Once a month, by mail",
    channels: ["email"],
    priority: "Low",
  },
  {
    type: "Safety",
    title: "Safety",
    description: "Storms, groundings and drills",
    channels: ["inApp", "email"],
    priority: "Urgent",
    required: true,
  },
];

type Version = Omit<TemplateDraft, "title"> & { state: (typeof templateStates)[number]; daysAgo: number };

const late = {
  subject: "{{ line }} leaves {{ minutes }} minutes late",
  required: ["line", "minutes"],
  sample: { line: "The 9:10 to Barreiro", minutes: 10, name: "Ada", reason: "fog on the river" },
};

/** The first in two published versions and a draft of a third, the second in one. */
export const templates: { name: string; title: string; versions: Version[] }[] = [
  {
    name: "delay",
    title: "Delay of a boat",
    versions: [
      { ...late, message: "{{ line }} is {{ minutes }} minutes late.", state: "retired", daysAgo: 30 },
      {
        ...late,
        message:
          "{{ line }} leaves {{ minutes }} minutes late{% if reason %}: {{ reason }}{% endif %}. We are sorry for the wait.",
        html: "<p><strong>{{ line }}</strong> leaves <strong>{{ minutes }} minutes late</strong>{% if reason %}: {{ reason }}{% endif %}.</p><p>We are sorry for the wait.</p>",
        summary: "{{ minutes }} minutes late",
        state: "published",
        daysAgo: 9,
      },
      {
        ...late,
        message:
          "Good day{% if name %}, {{ name }}{% endif %}. {{ line }} leaves {{ minutes }} minutes late{% if reason %}: {{ reason }}{% endif %}.",
        state: "draft",
        daysAgo: 1,
      },
    ],
  },
  {
    name: "shift-moved",
    title: "A shift that moved",
    versions: [
      {
        subject: "Your shift on {{ day }} moved",
        message: "You are on {{ place | default: 'deck' }} from {{ from }} instead of {{ was }}. Please confirm.",
        required: ["day", "from", "was"],
        sample: { day: "Friday", place: "deck", from: "14:00", was: "12:00" },
        state: "published",
        daysAgo: 21,
      },
    ],
  },
];

const inLisbon: string[] = people.filter(({ timezone }) => timezone === zones.lisbon).map(({ userId }) => userId);

export const topics: { id: string; name: string; subscribers: string[] }[] = [
  { id: "line-barreiro", name: "Barreiro line", subscribers: inLisbon },
  { id: "line-montijo", name: "Montijo line", subscribers: ["ada", "ben", "carla", "ivo"] },
  { id: "freight-dubai", name: "Freight in Dubai", subscribers: ["farid", "gita", "karim"] },
];

/** What a few people chose; everybody else has the defaults. */
export const choices: { userId: string; type: string; channel: "inApp" | "email"; enabled: boolean }[] = [
  { userId: "ivo", type: "Freight", channel: "inApp", enabled: false },
  { userId: "ivo", type: "CrewNews", channel: "email", enabled: false },
  { userId: "ben", type: "Freight", channel: "email", enabled: true },
  { userId: "joana", type: "*", channel: "email", enabled: false },
];

export const timings: Omit<Prisma.PreferenceTimingCreateManyInput, "tenantId">[] = [
  { userId: "carla", quiet: true, quietFrom: "21:30", quietTo: "07:30" },
  { userId: "gita", digestEvery: "daily", digestAt: "08:30" },
  { userId: "hana", digestEvery: "weekly", digestAt: "09:00", digestWeekday: "monday", timezone: "Europe/Istanbul" },
];

/** Stores all of it for a tenant that has none of it. `now` in ms since 1970. */
export async function insertChoices(tx: TenantTransaction, tenantId: TenantId, now: number): Promise<void> {
  const since = new Date(now - 35 * day);
  const dated = { createdAt: since, updatedAt: since };
  await tx.category.createMany({
    data: categories.map(({ metadataSchema, ...category }) => ({
      tenantId,
      ...category,
      ...dated,
      ...(metadataSchema ? { metadataSchema: metadataSchema as Prisma.InputJsonObject } : {}),
    })),
  });
  await insertTemplates(tx, tenantId, now);
  await tx.topic.createMany({ data: topics.map(({ id, name }) => ({ tenantId, id, name, createdAt: since })) });
  await tx.topicSubscriber.createMany({
    data: topics.flatMap(({ id: topicId, subscribers }) =>
      subscribers.map((userId) => ({ tenantId, topicId, userId, createdAt: since })),
    ),
  });
  await tx.preference.createMany({ data: choices.map((choice) => ({ tenantId, ...choice, updatedAt: since })) });
  await tx.preferenceTiming.createMany({ data: timings.map((timing) => ({ tenantId, ...timing, updatedAt: since })) });
}

async function insertTemplates(tx: TenantTransaction, tenantId: TenantId, now: number): Promise<void> {
  const rows = templates.flatMap(({ name, versions }) =>
    versions.map(({ daysAgo, sample, ...version }, index) => {
      const createdAt = new Date(now - daysAgo * day);
      const publishedAt = version.state === "draft" ? null : new Date(createdAt.getTime() + hour);
      const number = index + 1;
      return {
        tenantId,
        name,
        version: number,
        ...version,
        sample: sample as Prisma.InputJsonObject,
        createdAt,
        publishedAt,
      };
    }),
  );
  await tx.templateVersion.createMany({ data: rows });
  await tx.template.createMany({
    data: templates.map(({ name, title }) => {
      const own = rows.filter((row) => row.name === name);
      const times = own.map(({ createdAt }) => createdAt);
      return {
        tenantId,
        name,
        title,
        published: own.find(({ state }) => state === "published")?.version ?? null,
        latest: own.length,
        createdAt: times[0] as Date,
        updatedAt: times.at(-1) as Date,
      };
    }),
  });
}
