import { resolveSchema, type Schema } from "./api-operations.ts";

/** What a field of a name would hold, by people who try things. */
const usual: Record<string, unknown> = {
  name: "Lunch",
  content: "Hello",
  memberUserIds: ["ben"],
  userIds: ["ben"],
  userId: "ben",
  subject: "Your table is ready",
  message: "Table 4, by the window.",
  email: "ben@example.com",
  displayName: "Ben",
  seq: 1,
};

/** A body to begin with: what is required, and of what is not the few fields that say what the call is about. */
export function sampleOf(schema: Schema): Record<string, unknown> {
  const { properties = {}, required = [] } = resolveSchema(schema);
  const telling = Object.keys(properties).filter(
    (name) => required.includes(name) || (name in usual && name !== "email"),
  );
  return Object.fromEntries(telling.map((name) => [name, usual[name] ?? exampleOf(properties[name] ?? {}, 0)]));
}

function exampleOf(given: Schema, depth: number): unknown {
  const schema = resolveSchema(given);
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0] ?? schema.allOf?.[0];
  if (choice && depth < 5) return exampleOf(choice, depth + 1);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    case "array":
      return schema.items && depth < 3 ? [exampleOf(schema.items, depth + 1)] : [];
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [
          name,
          usual[name] ?? exampleOf(schema.properties?.[name] ?? {}, depth + 1),
        ]),
      );
    case "string":
      return schema.format === "date-time" ? "2027-01-01T09:00:00Z" : "text";
    default:
      return {};
  }
}
