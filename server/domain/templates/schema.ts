import { createHash } from "node:crypto";
import { z } from "zod";
import type { Template as TemplateRow, TemplateVersion as VersionRow } from "../../persistence/generated/client.ts";
import { metadata, text } from "../../schema.ts";
import { findTemplateFault } from "./policy.ts";

/** Enough for any product, few enough that nobody fills the disk with them. */
export const maxTemplates = 500;
/** That are kept of a template. */
export const maxVersions = 100;

export const templateName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "must be 1 to 100 letters, digits, dots, hyphens or underscores")
  .describe("What sends call it by");

export const versionNumber = z.number().int().min(1).max(1_000_000);

/** A part that is written in Liquid. */
function liquid(maxLength: number) {
  return text(maxLength).superRefine((value, issues) => {
    const fault = findTemplateFault(value);
    if (fault) issues.addIssue({ code: "custom", message: fault });
  });
}

export const templateFields = {
  title: text(100).trim().min(1).optional().describe("Shown in the console; its name unless given"),
  subject: liquid(1000).min(1).describe("Liquid"),
  message: liquid(16 * 1024)
    .min(1)
    .describe("Liquid; the text in the inbox, and in a mail unless `text` is given"),
  text: liquid(64 * 1024)
    .optional()
    .describe("Liquid; the text part of a mail"),
  html: liquid(64 * 1024)
    .optional()
    .describe("Liquid; the HTML part of a mail. Variables are escaped"),
  summary: liquid(1000).optional().describe("Liquid"),
  required: z
    .array(text(100).min(1))
    .max(50)
    .default([])
    .overwrite((list) => [...new Set(list)])
    .describe("Variables without which a send is refused"),
  sample: metadata.default({}).describe("Values for the preview"),
};

export type TemplateDraft = z.output<z.ZodObject<typeof templateFields>>;

export const onlyIf = text(100)
  .min(1)
  .optional()
  .describe(
    "The `etag` of the version this was written from: refused with `conflict` if it would replace another draft",
  );

/** Values for a template's variables. */
export const variables = metadata.describe("Values for the template's variables, at most 8 KiB");

export const templateStates = ["draft", "published", "retired", "rolled-back"] as const;

const versionFields = {
  version: z.number().int(),
  state: z
    .enum(templateStates)
    .describe("retired: a newer one was published; rolled-back: taken back for an older one"),
  subject: z.string(),
  message: z.string(),
  text: z.string().optional(),
  html: z.string().optional(),
  summary: z.string().optional(),
  required: z.array(z.string()),
  sample: z.record(z.string(), z.unknown()),
  etag: z.string().describe("Another one as soon as the version says something else. `onlyIf` of a save takes it"),
  createdAt: z.string(),
  publishedAt: z.string().optional(),
};

export const templateVersionSchema = z.object(versionFields).meta({ id: "TemplateVersion" });

export const templateSummarySchema = z
  .object({
    name: z.string(),
    title: z.string(),
    published: z.number().int().optional().describe("The version that sends use; none before the first is published"),
    latest: z.number().int().describe("The newest version, draft or not"),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: "TemplateSummary" });

export const templateSchema = templateSummarySchema
  .extend({ content: templateVersionSchema.describe("Of the version asked for, else the newest") })
  .meta({ id: "Template" });

export type TemplateVersion = z.infer<typeof templateVersionSchema>;
export type TemplateSummary = z.infer<typeof templateSummarySchema>;
export type Template = z.infer<typeof templateSchema>;

/** Of the words alone: who saves the same words over a draft takes nothing from anybody. Postgres keeps `sample` in one order of keys. */
export function etagOf(row: VersionRow): string {
  const { subject, message, text, html, summary, required, sample } = row;
  const said = JSON.stringify([subject, message, text, html, summary, required, sample]);
  return createHash("sha256").update(said).digest("base64url").slice(0, 22);
}

export function presentVersion(row: VersionRow): TemplateVersion {
  return {
    version: row.version,
    state: row.state as TemplateVersion["state"],
    subject: row.subject,
    message: row.message,
    ...(row.text === null ? {} : { text: row.text }),
    ...(row.html === null ? {} : { html: row.html }),
    ...(row.summary === null ? {} : { summary: row.summary }),
    required: row.required,
    sample: row.sample as Record<string, unknown>,
    etag: etagOf(row),
    createdAt: row.createdAt.toISOString(),
    ...(row.publishedAt ? { publishedAt: row.publishedAt.toISOString() } : {}),
  };
}

export function presentSummary(row: TemplateRow): TemplateSummary {
  return {
    name: row.name,
    title: row.title,
    ...(row.published === null ? {} : { published: row.published }),
    latest: row.latest,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function presentTemplate({ row, version }: { row: TemplateRow; version: VersionRow }): Template {
  return { ...presentSummary(row), content: presentVersion(version) };
}
