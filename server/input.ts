import { z } from "zod";
import { DomainError } from "./errors.ts";
import type { Operation } from "./operation.ts";

/** What reading an operation's input needs to know of its schema, computed once. */
interface Shape {
  /** Lower-case spelling → field */
  names: Map<string, string>;
}

const shapes = new WeakMap<Operation, Shape>();

/**
 * Reads generously, as ordinary .NET, Python and browser code writes: keys in any letter case, known other spellings, `null` for left
 * out, unknown keys ignored. Throws `invalid` with the fields' messages.
 */
export function readInput(operation: Operation, raw: Record<string, unknown>): unknown {
  const { names } = shapeOf(operation);
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    const field = names.get(key.toLowerCase());
    if (field === undefined || value === null || value === undefined) continue;
    // The field's own spelling stands before another one of it.
    if (fields[field] === undefined || key === field) fields[field] = value;
  }
  const parsed = operation.input.safeParse(fields);
  if (parsed.success) return parsed.data;
  throw new DomainError("invalid", { errors: fieldErrors(parsed.error) });
}

function shapeOf(operation: Operation): Shape {
  let shape = shapes.get(operation);
  if (!shape) {
    const names = new Map<string, string>();
    for (const [alias, field] of Object.entries(operation.http.aliases ?? {})) names.set(alias.toLowerCase(), field);
    for (const field of fieldsOf(operation)) names.set(field.toLowerCase(), field);
    shape = { names };
    shapes.set(operation, shape);
  }
  return shape;
}

/** Names of an operation's input fields. */
export function fieldsOf(operation: Pick<Operation, "input">): string[] {
  return operation.input instanceof z.ZodObject ? Object.keys(operation.input.shape) : [];
}

function fieldErrors(error: z.ZodError): Record<string, string[]> {
  const errors: Record<string, string[]> = {};
  for (const issue of error.issues.slice(0, 20)) {
    const field = issue.path.length > 0 ? issue.path.map(String).join(".").slice(0, 200) : "body";
    errors[field] = [...(errors[field] ?? []), issue.message];
  }
  return errors;
}
