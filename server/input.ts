import { z } from "zod";
import { DomainError } from "./errors.ts";
import type { Operation } from "./operation.ts";

interface Field {
  name: string;
  /** `null` means something of its own: there is none. Anywhere else it is how some languages write what is left out. */
  takesNull: boolean;
  /** Of fields that hold objects alone: flat input, as that of a send, is not gone into. */
  read: Reading | undefined;
}

type Reading = (value: unknown) => unknown;

/** Lower-case spelling → field; of each operation computed once. */
type Fields = ReadonlyMap<string, Field>;

const known = new WeakMap<Operation, Fields>();

/** Deeper than anything that is stored, and shallow enough for whatever reads it recursively. */
const maxDepth = 64;

/**
 * The fields of a call as a transport got them: one JSON object; nothing and `null` are no fields. Throws `invalid` for anything else,
 * and for what no reader after it should meet: a key `__proto__`, nesting without end.
 */
export function readFields(value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw bodyFault("must be a JSON object");
  refuseTraps(value, maxDepth);
  return value as Record<string, unknown>;
}

function refuseTraps(value: object, left: number): void {
  if (left === 0) throw bodyFault(`must not be nested deeper than ${maxDepth} levels`);
  if (Object.hasOwn(value, "__proto__")) throw bodyFault("must not have a key __proto__");
  for (const item of Object.values(value)) if (item && typeof item === "object") refuseTraps(item, left - 1);
}

function bodyFault(message: string): DomainError {
  return new DomainError("invalid", { errors: { body: [message] } });
}

/** What a call says under a name that is no field of its operation, in any letter case; the name's own spelling stands before another. */
export function fieldNamed(fields: Record<string, unknown>, name: string): unknown {
  const own = fields[name];
  if (own !== undefined && own !== null) return own;
  const lower = name.toLowerCase();
  const other = Object.keys(fields).find((key) => key.length === lower.length && key.toLowerCase() === lower);
  return other === undefined ? own : fields[other];
}

/**
 * Reads generously, as ordinary .NET, Python and browser code writes: keys in any letter case, known other spellings, `null` for left
 * out where the field itself takes none, unknown keys ignored. So are read the objects that the schema names, at any depth and in lists;
 * records (metadata, variables) are the caller's own and stay as they are. A choice between objects there is in no input: a schema
 * that has one is refused here, for whoever adds it to say how it is read. Throws `invalid` with the fields' messages.
 */
export function readInput(operation: Operation, raw: Record<string, unknown>): unknown {
  const parsed = operation.input.safeParse(named(fieldsToRead(operation), raw), { error: sayRequired });
  if (parsed.success) return parsed.data;
  throw new DomainError("invalid", { errors: fieldErrors(parsed.error) });
}

function named(fields: Fields, raw: object): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    const field = fields.get(key.toLowerCase());
    if (field === undefined || value === undefined || (value === null && !field.takesNull)) continue;
    const { name } = field;
    // The field's own spelling stands before another one of it.
    if (read[name] === undefined || key === name) read[name] = field.read ? field.read(value) : value;
  }
  return read;
}

/** What is left out is not of a wrong type: its writer has no `undefined`. */
function sayRequired({ code, input }: z.core.$ZodRawIssue): string | undefined {
  return code === "invalid_type" && input === undefined ? "is required" : undefined;
}

function fieldsToRead(operation: Operation): Fields {
  let fields = known.get(operation);
  if (!fields) {
    const own = operation.input instanceof z.ZodObject ? fieldsIn(operation.input) : new Map<string, Field>();
    const aliases = Object.entries(operation.http.aliases ?? {}).map(
      ([alias, name]) => [alias.toLowerCase(), own.get(name.toLowerCase())] as const,
    );
    fields = new Map([...aliases.filter((entry): entry is [string, Field] => entry[1] !== undefined), ...own]);
    known.set(operation, fields);
  }
  return fields;
}

function fieldsIn({ shape }: z.ZodObject): Map<string, Field> {
  return new Map(
    Object.entries(shape).map(([name, schema]) => [
      name.toLowerCase(),
      { name, takesNull: z.safeParse(schema, null).success, read: readingOf(schema) },
    ]),
  );
}

/** What is of another form than the schema's is left for it to refuse. */
function readingOf(schema: unknown): Reading | undefined {
  if (schema instanceof z.ZodObject) {
    const fields = fieldsIn(schema);
    return (value) => (value && typeof value === "object" && !Array.isArray(value) ? named(fields, value) : value);
  }
  if (schema instanceof z.ZodArray) {
    const read = readingOf(schema.element);
    return read && ((value) => (Array.isArray(value) ? value.map(read) : value));
  }
  if (schema instanceof z.ZodUnion) {
    if (schema.options.some(readingOf)) throw new Error("A choice between objects is read by nobody yet");
    return undefined;
  }
  if (schema instanceof z.ZodPipe) return readingOf(schema.in) ?? readingOf(schema.out);
  const inner = (schema as { def: { innerType?: unknown } }).def.innerType;
  return inner === undefined ? undefined : readingOf(inner);
}

/** Names of an operation's input fields. */
export function fieldsOf(operation: Pick<Operation, "input">): string[] {
  return operation.input instanceof z.ZodObject ? Object.keys(operation.input.shape) : [];
}

/** Field → what is wrong with it, the first 20 of them. */
export function fieldErrors(error: z.ZodError): Record<string, string[]> {
  const errors: Record<string, string[]> = {};
  for (const issue of error.issues.slice(0, 20)) {
    const field = issue.path.length > 0 ? issue.path.map(String).join(".").slice(0, 200) : "body";
    errors[field] = [...(errors[field] ?? []), issue.message];
  }
  return errors;
}
