import { z } from "zod";
import type { TenantId } from "../../auth/principal.ts";
import { keyOwnerOf } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { sanitizeHtml } from "../../html.ts";
import { isId } from "../../ids.ts";
import type { Context } from "../../operation.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { entityId, limits } from "../../schema.ts";
import { ensureMetadata } from "../categories/policy.ts";
import { builtInTypes, priorities } from "../categories/schema.ts";
import { instantOrLater } from "../preferences/local-clock.ts";
import {
  findTemplateFault,
  inRenderTime,
  missingVariables,
  renderLoosely,
  renderTemplate,
  type TemplateText,
} from "../templates/policy.ts";
import { findPublished, getTemplate } from "../templates/store.ts";
import { tenantSettingsSchema } from "../tenants/schema.ts";
import { readSendRules, type SendRules } from "./due-store.ts";
import type { Changed, Content, Creation } from "./lane-store.ts";
import type { contentFields, draftFields } from "./schema.ts";

export type ContentInput = z.output<z.ZodObject<typeof contentFields>>;

/** What a call says, as rows hold it, by its template and its category. Throws `invalid` for what they do not take. */
export async function readContent(
  { services: { db }, tenantId }: Pick<Context, "services" | "tenantId">,
  input: ContentInput,
  users: string[],
): Promise<{ content: Content; rules: SendRules }> {
  const { type, summary, priority = 1, metadata, expiresAt } = input;
  const text = await readText(db.forTenant(tenantId), tenantId, input);
  const rules = await readSendRules(db.pool, tenantId, type, users);
  const said = { type, summary, priority, metadata, expiresAt, ...text };
  return { content: applyCategory(said, input, rules), rules };
}

type Text = Pick<Content, "subject" | "message" | "mailText" | "htmlContent" | "summary" | "template">;

async function readText(tx: TenantTransaction, tenantId: TenantId, input: ContentInput): Promise<Text> {
  if (input.template === undefined) return writtenText(input);
  const version = await findPublished(tx, tenantId, input.template);
  if (!version) throw new DomainError("invalid", { errors: { template: ["is no published template"] } });
  const { subject, summary, ...rendered } = renderTemplate(version, input.variables ?? {});
  return {
    subject: input.subject ?? subject,
    ...wordsOf(input, rendered),
    ...(input.summary === undefined ? { summary } : {}),
    template: { name: version.name, version: version.version },
  };
}

/** A message that is not the template's takes the place of its mail's text and HTML, too, which would say something else. */
function wordsOf(
  input: { message?: string | undefined; htmlContent?: string | undefined },
  { message, text, htmlContent }: { message: string; text?: string | undefined; htmlContent?: string | undefined },
): Pick<Text, "message" | "mailText" | "htmlContent"> {
  const own = input.message !== undefined && input.message !== message;
  const html = own || htmlContent === undefined ? undefined : sanitizeHtml(htmlContent);
  return {
    message: input.message ?? message,
    mailText: own ? undefined : text,
    htmlContent: input.htmlContent ?? html,
  };
}

function writtenText({ subject, message, htmlContent, variables }: ContentInput): Text {
  const errors = {
    ...(subject === undefined ? { subject: ["is required without a template"] } : {}),
    ...(message === undefined ? { message: ["is required without a template"] } : {}),
    ...(variables === undefined ? {} : { variables: ["are of a template, and none is named"] }),
  };
  if (subject === undefined || message === undefined || variables !== undefined)
    throw new DomainError("invalid", { errors });
  return { subject, message, htmlContent };
}

/** When it is to appear: a time, or a time of day by the recipient's clock. Throws `invalid` for both. */
export function scheduleOf(
  input: Pick<ContentInput, "scheduledFor" | "scheduledForLocal">,
  zone: string | undefined,
): string | undefined {
  if (input.scheduledFor && input.scheduledForLocal)
    throw new DomainError("invalid", { errors: { scheduledForLocal: ["is instead of scheduledFor, not beside it"] } });
  return input.scheduledForLocal
    ? localInstant(input.scheduledForLocal, zone ?? "UTC").toISOString()
    : input.scheduledFor;
}

/** The instant at which a clock in the zone first shows that time; one that a spring change leaves out is an hour later. */
export function localInstant(local: string, zone: string): Date {
  return new Date(instantOrLater(zone, Date.parse(`${local}Z`)));
}

/** The earliest instant at which a local time comes anywhere: the day begins at UTC+14. */
export function earliestInstant(local: string): Date {
  return new Date(Date.parse(`${local.length === 16 ? `${local}:00` : local}+14:00`));
}

/** And the latest one: the day ends at UTC-12. */
export function latestInstant(local: string): Date {
  return new Date(Date.parse(`${local.length === 16 ? `${local}:00` : local}-12:00`));
}

/** Throws `invalid` for what would be gone before it is there. `now` in ms since 1970. */
export function requireSoundTimes(
  { expiresAt, scheduledFor }: { expiresAt?: string | undefined; scheduledFor?: string | undefined },
  now: number,
): void {
  if (expiresAt === undefined) return;
  const appears = Math.max(now, scheduledFor === undefined ? 0 : Date.parse(scheduledFor));
  if (Date.parse(expiresAt) <= appears)
    throw new DomainError("invalid", { errors: { expiresAt: ["must be later than when it appears"] } });
}

/** The key of a call that holds it in its own flush. */
export function idempotencyOf(
  { idempotencyKey: key, principal }: Pick<Context, "idempotencyKey" | "principal">,
  operation: string,
  bodyHash: string,
): Creation["key"] {
  if (key === undefined) return undefined;
  return { key, scope: JSON.stringify([keyOwnerOf(principal, bodyHash), operation]), bodyHash };
}

/** Whether the call may touch what belongs to any user: Admins and keys on their own may. */
export function actsForAll({ principal }: Pick<Context, "principal">): boolean {
  return principal.admin || (principal.kind === "key" && principal.userId === undefined);
}

/** Of a bulk call. */
export const notificationIds = z.array(entityId).max(limits.notificationsPerCall);

export const bulkSchema = z.object({
  changed: z.number().int(),
  notFound: z.array(z.string()).describe("Those that are not there, or not the caller's"),
});

/** The ids that a row can have, each once. */
export function toIds(ids: string[]): string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))].filter(isId);
}

export function presentBulk(ids: string[], { found, changed }: Changed): z.output<typeof bulkSchema> {
  const there = new Set(found.map(({ id }) => id));
  return { changed, notFound: [...new Set(ids)].filter((id) => !there.has(id.toLowerCase())) };
}

/**
 * Who does not want a type in the inbox: it is then filed there, archived and read, and calls nobody. The same order of rules as
 * preferences' `decide`: the person's word, then the default; a no to what is required is no word.
 */
export function filingOf({ declared, settings, chosen }: SendRules, type: string): (userId: string) => boolean {
  // Once for all: a send to many asks it of thousands.
  const channels = declared?.channels ?? builtInTypes.get(type)?.channels;
  const usual = channels
    ? channels.includes("inApp")
    : tenantSettingsSchema.parse(settings).notifications.channels.inApp;
  return (userId) => {
    const word = Object.hasOwn(chosen, userId) ? chosen[userId] : undefined;
    return !(declared?.required ? word || usual : (word ?? usual));
  };
}

/** A content as its category would have it. Throws `invalid` for metadata that it does not take. */
export function applyCategory(
  content: Content,
  given: { priority?: number | undefined },
  { declared }: SendRules,
): Content {
  ensureMetadata(declared, content.metadata ?? {});
  if (given.priority !== undefined || !declared) return content;
  const index = (priorities as readonly string[]).indexOf(declared.priority);
  return { ...content, priority: index < 0 ? content.priority : index };
}

export type DraftInput = z.output<z.ZodObject<typeof draftFields>>;

export interface ReadDraft {
  text: Omit<Text, "template">;
  /** Variables that a template uses, and those of them that have no value. */
  uses: string[];
  missing: string[];
  /** Part of a template that is no Liquid yet → why; then nothing of it is said. */
  faults: Record<string, string>;
}

/**
 * What a draft says by now, with nothing in the place of what is missing; to look at, never to send.
 * @throws invalid: a template that is not there or cannot be rendered; rate_limited: its tenant has looked at too much
 */
export async function readDraft(
  tx: TenantTransaction,
  ctx: Pick<Context, "services" | "tenantId">,
  input: DraftInput,
): Promise<ReadDraft> {
  const source = await findDraftSource(tx, ctx.tenantId, input);
  const { subject = "", message = "", htmlContent, summary } = input;
  if (!source) return { text: { subject, message, htmlContent, summary }, uses: [], missing: [], faults: {} };
  return inRenderTime(ctx, () => sayDraft(source, input));
}

function sayDraft(source: DraftSource, input: DraftInput): ReadDraft {
  const faults = findFaults(source.template);
  if (Object.keys(faults).length > 0) return { text: { subject: "", message: "" }, uses: [], missing: [], faults };
  const values = input.variables ?? source.sample;
  const rendered = renderLoosely(source.template, values);
  return {
    text: {
      subject: input.subject ?? rendered.subject,
      ...wordsOf(input, rendered),
      summary: input.summary ?? rendered.summary,
    },
    uses: missingVariables(source.template, {}),
    missing: missingVariables(source.template, values),
    faults,
  };
}

function findFaults({ required: _required, ...parts }: TemplateText): Record<string, string> {
  const found = (["subject", "message", "text", "html", "summary"] as const).flatMap((part) => {
    const fault = findTemplateFault(parts[part] ?? "");
    return fault ? [[part, fault] as const] : [];
  });
  return Object.fromEntries(found);
}

interface DraftSource {
  template: TemplateText;
  sample: Record<string, unknown>;
}

async function findDraftSource(
  tx: TenantTransaction,
  tenantId: TenantId,
  { draft, template, version }: DraftInput,
): Promise<DraftSource | undefined> {
  if (draft) {
    const { text = null, html = null, summary = null, ...rest } = draft;
    return { template: { ...rest, text, html, summary }, sample: {} };
  }
  if (template === undefined) return undefined;
  const stored =
    version === undefined
      ? await findPublished(tx, tenantId, template)
      : (await getTemplate(tx, tenantId, template, version)).version;
  if (!stored) throw new DomainError("invalid", { errors: { template: ["is no published template"] } });
  return { template: stored, sample: stored.sample as Record<string, unknown> };
}

/** The HTML of what is changed before its time: with another message and no other HTML there is none, as it would still say what was said before. */
export function htmlOf(
  change: { message?: string | undefined; htmlContent?: string | undefined },
  before: { message: string; htmlContent?: string | null | undefined },
): string | null | undefined {
  if (change.htmlContent !== undefined) return change.htmlContent;
  return change.message === undefined || change.message === before.message ? before.htmlContent : null;
}
