import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { LRUCache } from "lru-cache";
import { DomainError } from "../../errors.ts";

const maxSchemaBytes = 16 * 1024;

/**
 * Keywords that let a check take more than the schema's size times the data's: references multiply (or never end), a pattern may
 * backtrack for years, and `contains` keeps a fault of every item.
 */
const refused = new Set([
  "$ref",
  "$dynamicRef",
  "$recursiveRef",
  "$id",
  "id",
  "$schema",
  "$async",
  "contains",
  "pattern",
  "patternProperties",
  "format",
]);
/** Below these a name is a property's, not a keyword. */
const named = new Set(["properties", "definitions", "$defs", "dependencies"]);
/** Below these everything is a value. */
const values = new Set(["const", "enum", "default", "examples"]);

/** Compiled once a schema; what does not fit is compiled again. */
const compiled = new LRUCache<string, ValidateFunction>({ max: 200 });

/** What is wrong with a JSON Schema for metadata; undefined when nothing is. */
export function findSchemaFault(schema: Record<string, unknown>): string | undefined {
  const text = JSON.stringify(schema);
  if (Buffer.byteLength(text) > maxSchemaBytes) return `at most ${maxSchemaBytes} bytes`;
  const keyword = findRefused(schema);
  if (keyword !== undefined) return `must not use ${keyword}`;
  try {
    validatorOf(text);
    return undefined;
  } catch (error) {
    return `is no JSON Schema: ${error instanceof Error ? error.message.slice(0, 300) : "it cannot be read"}`;
  }
}

function findRefused(schema: unknown): string | undefined {
  if (Array.isArray(schema)) return firstOf(schema, findRefused);
  if (!schema || typeof schema !== "object") return undefined;
  return firstOf(Object.entries(schema), ([keyword, part]) => {
    if (refused.has(keyword)) return keyword;
    if (values.has(keyword)) return undefined;
    return named.has(keyword) ? firstOf(Object.values(part ?? {}), findRefused) : findRefused(part);
  });
}

function firstOf<T>(list: T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of list) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function validatorOf(text: string): ValidateFunction {
  let validate = compiled.get(text);
  if (!validate) {
    // An instance of its own: what one tenant's schema registers, another's must not meet.
    validate = new Ajv({ strict: true, strictTypes: false, logger: false }).compile(JSON.parse(text));
    compiled.set(text, validate);
  }
  return validate;
}

/**
 * Holds a notification's metadata to what its category declares. Stops at the first fault: a list of thousands would have as many.
 * @throws invalid, with the field as `metadata.…`
 */
export function ensureMetadata(
  category: { metadataSchema?: unknown } | null | undefined,
  metadata: Record<string, unknown>,
): void {
  if (!category?.metadataSchema) return;
  const validate = validatorOf(JSON.stringify(category.metadataSchema));
  if (validate(metadata)) return;
  const errors: Record<string, string[]> = {};
  for (const fault of (validate.errors ?? []).slice(0, 20)) {
    const field = fieldOf(fault).slice(0, 200);
    errors[field] = [...(errors[field] ?? []), fault.message ?? "is not valid"];
  }
  throw new DomainError("invalid", { errors });
}

/** `/order/0/id` → `metadata.order.0.id`; what is missing is named itself. */
function fieldOf({ instancePath, keyword, params }: ErrorObject): string {
  const path = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
  if (keyword === "required") path.push(String(params.missingProperty));
  if (keyword === "additionalProperties") path.push(String(params.additionalProperty));
  return ["metadata", ...path].join(".");
}
