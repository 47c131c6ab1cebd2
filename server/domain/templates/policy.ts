import type { Liquid } from "liquidjs";
import { DomainError } from "../../errors.ts";
import type { Context } from "../../operation.ts";
import { limits } from "../../schema.ts";
import { deepest, findVariables, type Path } from "./find-variables.ts";
import { createEngine, render } from "./render-liquid.ts";

/** What a notification may hold, whoever wrote it: of its texts bytes, of its lines characters. */
const maxSize: Record<keyof Rendered, number> = {
  subject: limits.subject,
  message: limits.messageBytes,
  text: limits.htmlBytes,
  htmlContent: limits.htmlBytes,
  summary: limits.summary,
};

/** What a tenant may take of a node's time to look at its templates, in ms a second: nothing else goes on while one is rendered. */
const renderTime = { rate: 200, burst: 2000 };

/** The parts of a template that are written in Liquid. */
export interface TemplateText {
  subject: string;
  message: string;
  text: string | null;
  html: string | null;
  summary: string | null;
  required: string[];
}

/** What a notification made from a template says. */
export interface Rendered {
  subject: string;
  message: string;
  /** The text part of its mail where that is another than `message`. */
  text?: string;
  htmlContent?: string;
  summary?: string;
}

const plain = createEngine();
const html = createEngine("escape");

/** What is wrong with a text in Liquid, with its line; undefined when nothing is. */
export function findTemplateFault(source: string): string | undefined {
  try {
    findVariables(plain.parse(source));
    return undefined;
  } catch (error) {
    return sayFault(error);
  }
}

/** Paths of the variables that a template uses and that have no value. Throws invalid for one that cannot be read. */
export function missingVariables(template: TemplateText, variables: Record<string, unknown>): string[] {
  const missing = new Set(template.required.filter((path) => valueAt(variables, path.split(".")) === undefined));
  for (const source of sourcesOf(template))
    for (const path of variablesOf(source))
      if (valueAt(variables, path) === undefined) missing.add(path.map(String).join("."));
  return [...missing].sort();
}

function variablesOf(source: string): Path[] {
  try {
    return findVariables(plain.parse(source));
  } catch (error) {
    throw new DomainError("invalid", { errors: { template: [sayFault(error)] } });
  }
}

/**
 * A template with its variables put in.
 * @throws invalid: a required variable has no value, or the text costs more than it may
 */
export function renderTemplate(template: TemplateText, variables: Record<string, unknown>): Rendered {
  const missing = template.required.filter((path) => valueAt(variables, path.split(".")) === undefined);
  if (missing.length > 0)
    throw new DomainError("invalid", {
      errors: Object.fromEntries(missing.map((path) => [`variables.${path}`, ["is missing"]])),
    });
  return renderLoosely(template, variables);
}

/** The same with nothing in the place of whatever is missing, for a preview. Throws invalid. */
export function renderLoosely(template: TemplateText, variables: Record<string, unknown>): Rendered {
  const put = (field: keyof Rendered, source: string | null, engine: Liquid = plain) =>
    source === null ? {} : { [field]: renderPart(engine, field, source, variables) };
  return {
    subject: oneLine(renderPart(plain, "subject", template.subject, variables)),
    message: renderPart(plain, "message", template.message, variables),
    ...put("text", template.text),
    ...put("htmlContent", template.html, html),
    ...put("summary", template.summary),
  };
}

/** Renders what is only looked at, at the cost of the time that it takes. Throws `rate_limited` when none is left. */
export function inRenderTime<T>(
  { services: { limiter }, tenantId }: Pick<Context, "services" | "tenantId">,
  make: () => T,
): T {
  limiter.take("rendering", tenantId, renderTime);
  const begun = performance.now();
  try {
    return make();
  } finally {
    limiter.charge("rendering", tenantId, performance.now() - begun);
  }
}

function renderPart(engine: Liquid, field: keyof Rendered, source: string, variables: Record<string, unknown>): string {
  try {
    const rendered = storable(render(engine, source, variables));
    if (sizeOf(field, rendered) <= maxSize[field]) return rendered;
  } catch (error) {
    throw new DomainError("invalid", { errors: { template: [`${field}: ${sayFault(error)}`] } });
  }
  throw new DomainError("invalid", {
    errors: { template: [`${field}: becomes longer than ${maxSize[field]}`] },
  });
}

/** Without what Postgres refuses. A filter may cut a character in two or decode a NUL: no reason not to tell somebody something. */
function storable(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed();
}

function sizeOf(field: keyof Rendered, rendered: string): number {
  return field === "subject" || field === "summary" ? rendered.length : Buffer.byteLength(rendered);
}

/** A subject is a header: a variable must not start another one. */
function oneLine(value: string): string {
  return value.replace(/\s+/g, " ").trim();
}

function sourcesOf({ subject, message, text, html, summary }: TemplateText): string[] {
  return [subject, message, text, html, summary].filter((source) => source !== null);
}

/** Own properties only, as the language sees them. */
function valueAt(value: unknown, path: Path): unknown {
  let at: unknown = value;
  for (const part of path) at = partOf(at, part);
  return at ?? undefined;
}

function partOf(value: unknown, part: string | number): unknown {
  if (typeof value === "string") return part === "size" ? value.length : undefined;
  if (value === null || typeof value !== "object") return undefined;
  if (Object.hasOwn(value, part)) return (value as Record<string | number, unknown>)[part];
  if (part === "size") return Object.keys(value).length;
  return Array.isArray(value) && (part === "first" || part === "last")
    ? value.at(part === "first" ? 0 : -1)
    : undefined;
}

function sayFault(error: unknown): string {
  // The parser takes a level of the stack for each level of the text.
  if (error instanceof Error && /call stack/.test(error.message)) return `is nested deeper than ${deepest} levels`;
  return error instanceof Error ? error.message.slice(0, 200) : "cannot be read";
}
