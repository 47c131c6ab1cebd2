import { nameOf, resolveSchema, type Schema } from "./api-operations.ts";

/** How deep fields of fields are shown; beyond that a name has to do. */
const deepest = 3;

export interface FieldsProps {
  schema: Schema;
  depth?: number;
}

/** The fields of an object, one below the other, what is inside them folded. */
export function SchemaFields({ schema: given, depth = 0 }: FieldsProps) {
  const schema = merged(given);
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return null;
  return (
    <dl className={depth === 0 ? "divide-y divide-line rounded-xl border border-line" : "divide-y divide-line"}>
      {fields.map(([name, field]) => (
        <div key={name} className="px-4 py-2.5">
          <dt className="flex flex-wrap items-baseline gap-x-2 text-sm">
            <code className="break-all font-medium font-mono text-[0.8125rem]">{name}</code>
            <span className="text-muted text-xs">{typeText(field)}</span>
            {schema.required?.includes(name) && <span className="text-warn text-xs">required</span>}
          </dt>
          <dd className="text-muted text-sm">
            {noteOf(field)}
            {depth < deepest && insideOf(field) && (
              <details className="mt-1">
                <summary className="cursor-pointer py-0.5 text-xs">Its fields</summary>
                <div className="mt-1 border-line border-l">
                  <SchemaFields schema={insideOf(field) ?? {}} depth={depth + 1} />
                </div>
              </details>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** An object's schema with what its parts add; of several forms the first that has fields. */
function merged(given: Schema): Schema {
  const schema = resolveSchema(given);
  if (schema.properties) return schema;
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map(resolveSchema);
  return parts.find((part) => part.properties) ?? schema;
}

/** The object that a field is, or that it is a list of. */
function insideOf(field: Schema): Schema | undefined {
  const schema = merged(field);
  if (schema.properties) return schema;
  const items = schema.items && merged(schema.items);
  return items?.properties ? items : undefined;
}

/** A type in words. */
export function typeText(given: Schema): string {
  const name = nameOf(given);
  if (name) return name;
  const forms = given.anyOf ?? given.oneOf;
  if (forms) return [...new Set(forms.map(typeText))].join(" or ");
  if (given.const !== undefined) return JSON.stringify(given.const);
  if (given.enum) return given.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (given.type === "array") return `list of ${given.items ? typeText(given.items) : "anything"}`;
  const type = Array.isArray(given.type) ? given.type.join(" or ") : (given.type ?? "anything");
  return given.format ? `${type}, ${given.format}` : type;
}

function noteOf(field: Schema): string {
  const { description, default: otherwise, maxLength, maximum, minimum, maxItems } = field;
  return [
    description,
    otherwise === undefined ? undefined : `${JSON.stringify(otherwise)} unless given`,
    maxLength === undefined ? undefined : `at most ${maxLength} characters`,
    maxItems === undefined ? undefined : `at most ${maxItems}`,
    minimum === undefined || minimum < -1e15 ? undefined : `from ${minimum}`,
    maximum === undefined || maximum > 1e15 ? undefined : `to ${maximum}`,
  ]
    .filter((part) => part !== undefined)
    .join("; ");
}
