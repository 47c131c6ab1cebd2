import { z } from "zod";
import { type HttpBinding, hubMethodName, type Operation } from "../../operation.ts";
import { allOperations } from "../../operations.ts";
import { version } from "../../version.ts";
import { parametersOf } from "./openapi-parameters.ts";
import { answerHeaders, otherProblem, problemSchema, responsesOf } from "./openapi-responses.ts";

type Json = Record<string, unknown>;

let documentText: string | undefined;

/** The document as it is served. Made once in a process, for the first who asks: it is the same for all, and takes a tenth of a second. */
export function openApiText(): string {
  documentText ??= JSON.stringify(openApiDocument(), null, 2);
  return documentText;
}

/** OpenAPI 3.1 of every operation, from the catalogue alone. */
export function openApiDocument(): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const operation of allOperations) {
    for (const [index, binding] of [operation.http, ...(operation.http.also ?? [])].entries()) {
      const path = operation.http.root ? binding.path : `/tenant/{tenantId}/v1${binding.path}`;
      const entry = paths[path] ?? {};
      entry[binding.method.toLowerCase()] = toOperation(operation, binding, index, schemas);
      paths[path] = entry;
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Parley",
      version,
      description: "Chat and notifications in one service. Paths match in any letter case; `v1.0` is taken for `v1`.",
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { apiKey: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        console: {
          type: "apiKey",
          in: "cookie",
          name: "parley.session",
          description:
            "Of whoever is signed in to the console; good from the console's own pages only. With https it is `__Host-parley.session`.",
        },
        internal: {
          type: "apiKey",
          in: "header",
          name: "X-Parley-Internal",
          description: "Of the service's own pages, which sign people in.",
        },
        apiKey: {
          type: "apiKey",
          in: "header",
          name: "X-API-Key",
          description: "A key carries no user: name one with X-Act-As-User where the call is a user's.",
        },
      },
      schemas: { ...schemas, Problem: problemSchema },
      responses: { Problem: otherProblem },
      headers: answerHeaders,
    },
  };
}

function toOperation(
  operation: Operation,
  binding: Pick<HttpBinding, "method" | "path">,
  index: number,
  schemas: Json,
): Json {
  const input = toSchema(operation.input, "input", schemas) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  const inPath = [...binding.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const fields = Object.entries(input.properties ?? {}).filter(([name]) => !inPath.includes(name));
  // Every DELETE reads a body; said is that of one which takes a list, too long for an address.
  const hasBody =
    binding.method === "DELETE" ? fields.some(([, { type }]) => type === "array") : binding.method !== "GET";
  const required = (input.required ?? []).filter((name) => !inPath.includes(name));
  const body = {
    schema: {
      type: "object",
      properties: Object.fromEntries(fields),
      ...(required.length > 0 ? { required } : {}),
    },
  };
  return {
    operationId: index === 0 ? operation.name : `${operation.name}.${index + 1}`,
    summary: operation.summary,
    tags: [operation.name.split(".")[0]],
    ...securityOf(operation),
    parameters: parametersOf(operation, { inPath, hasBody, properties: input.properties ?? {}, required }),
    ...(hasBody && fields.length > 0
      ? {
          requestBody: {
            required: required.length > 0,
            content: {
              "application/json": body,
              ...(operation.http.form ? { "application/x-www-form-urlencoded": body } : {}),
            },
          },
        }
      : {}),
    responses: responsesOf(operation, { hasBody, output: toSchema(operation.output, "output", schemas) }),
    "x-scope": operation.access.scope,
    "x-caller": operation.access.caller,
    // What is at no tenant's address is on no hub.
    ...(operation.http.root ? {} : { "x-hub-method": hubMethodName(operation) }),
  };
}

/** Who may call, where it is not the usual choice of a user's token or a key. */
function securityOf({ access }: Operation): Json {
  const { caller } = access;
  if (caller === "anyone") return { security: [] };
  if (caller === "person") return { security: [{ console: [] }] };
  if (caller === "internal") return { security: [{ internal: [] }] };
  return caller === "key" || caller === "installation" ? { security: [{ apiKey: [] }] } : {};
}

/** Zod's own JSON Schema; named schemas move to components. */
function toSchema(schema: z.ZodType, io: "input" | "output", schemas: Json): Json {
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      delete jsonSchema.$id;
      // Answers may gain fields, and clients that are made from a closed schema refuse them.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  }) as Json & { $defs?: Json };
  for (const [name, definition] of Object.entries($defs ?? {})) keepSchema(schemas, toName(name), relocate(definition));
  return relocate(rest) as Json;
}

/** The one schema without a name that refers to itself is that of any JSON value; zod numbers it by where it comes. */
function toName(name: string): string {
  return /^__schema\d+$/.test(name) ? "Json" : name;
}

/** Two of one name would be one of them: whoever reads the other's answer by it is misled. */
function keepSchema(schemas: Json, name: string, definition: unknown): void {
  const known = schemas[name];
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition))
    throw new Error(`Two schemas are called ${name}`);
  schemas[name] = definition;
}

function relocate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocate);
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === "$ref" && typeof item === "string"
        ? item.replace(/^#\/\$defs\/(.+)$/, (_, name: string) => `#/components/schemas/${toName(name)}`)
        : relocate(item),
    ]),
  );
}
