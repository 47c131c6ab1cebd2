import { canTakeKey, type Operation } from "../../operation.ts";

type Json = Record<string, unknown>;

const text = { type: "string" };
const keySchema = { type: "string", minLength: 1, maxLength: 255, pattern: "^[ -~]+$" };

/** What the stream takes and no field of the operation is. */
const streamParameters = [
  {
    name: "access_token",
    in: "query",
    description: "Of an event stream: the bearer token, for an EventSource, which sets no headers",
    schema: text,
  },
  {
    name: "Last-Event-ID",
    in: "header",
    description: "Of an event stream: the last event id that arrived; it wins over `after`",
    schema: text,
  },
];

interface Fields {
  /** Names of those that are parts of the address. */
  inPath: string[];
  hasBody: boolean;
  properties: Record<string, Json>;
  required: string[];
}

/** What a call carries beside its body, as OpenAPI has it. */
export function parametersOf(operation: Operation, { inPath, hasBody, properties, required }: Fields): Json[] {
  const fields = Object.entries(properties).filter(([name]) => !inPath.includes(name));
  return [
    ...parameters(operation, inPath, properties),
    ...(hasBody
      ? queryParameters(
          fields.filter(([name]) => isInQuery(operation, name)),
          [],
        )
      : queryParameters(fields, required)),
    ...(operation.http.streams ? streamParameters : []),
  ];
}

function parameters(operation: Operation, inPath: string[], properties: Record<string, Json>): Json[] {
  const tenant = operation.http.root
    ? []
    : [{ name: "tenantId", in: "path", required: true, schema: { type: "string" } }];
  const path = inPath.map((name) => ({
    name,
    in: "path",
    required: true,
    schema: properties[name] ?? { type: "string" },
  }));
  const ownHeaders = Object.entries(operation.http.headers ?? {}).map(([name, field]) => ({
    name,
    in: "header",
    schema: properties[field] ?? { type: "string" },
  }));
  const key = canTakeKey(operation) ? [keyParameter(operation)] : [];
  const { caller } = operation.access;
  const actAs =
    operation.http.root || caller === "anyone" || caller === "key"
      ? []
      : [
          {
            name: "X-Act-As-User",
            in: "header",
            description: "With a key of scope act-as: as which user the call is made. UTF-8.",
            schema: text,
          },
        ];
  return [...tenant, ...path, ...ownHeaders, ...key, ...actAs];
}

function keyParameter({ http }: Operation): Json {
  const parameter = { name: "Idempotency-Key", in: "header", schema: keySchema };
  return http.method === "POST" ? parameter : { ...parameter, description: "Counts with `onlyNew` or `onlyIf`" };
}

/** Every field may be in the address; what is said are those that clients put there. */
function isInQuery({ http: { headers = {}, inQuery = [] } }: Operation, field: string): boolean {
  return inQuery.includes(field) || headers["x-client-id"] === field;
}

function queryParameters(fields: [string, Json][], required: string[]): Json[] {
  return fields.map(([name, schema]) => ({
    name,
    in: "query",
    ...(required.includes(name) ? { required: true } : {}),
    schema,
  }));
}
