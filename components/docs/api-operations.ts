import { readFileSync } from "node:fs";
import { join } from "node:path";

/** JSON Schema as /openapi.json has it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  default?: unknown;
  format?: string;
  maxLength?: number;
  minLength?: number;
  maximum?: number;
  minimum?: number;
  maxItems?: number;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: Schema;
}

export interface ApiOperation {
  /** Its name in the catalogue; a second address of one has a number behind it. */
  id: string;
  method: string;
  path: string;
  summary: string;
  caller: string;
  scope?: string;
  /** Its name on the hub, where it is there. */
  hubMethod?: string;
  parameters: Parameter[];
  body?: Schema;
  answer: { status: string; schema: Schema };
  /** Status → codes. */
  problems: { status: string; codes: string[] }[];
}

interface Media {
  content?: Record<string, { schema: Schema }>;
}

interface OpenApi {
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string;
        summary: string;
        parameters?: Parameter[];
        requestBody?: Media;
        responses: Record<string, Media & { description: string }>;
        "x-caller": string;
        "x-scope"?: string;
        "x-hub-method"?: string;
      }
    >
  >;
  components: { schemas: Record<string, Schema> };
}

let kept: OpenApi | undefined;

/** The committed document, which `npm run check` holds to what /openapi.json says. */
function load(): OpenApi {
  kept ??= JSON.parse(readFileSync(join(process.cwd(), "docs/openapi.json"), "utf8")) as OpenApi;
  return kept;
}

export function loadOperations(): ApiOperation[] {
  return Object.entries(load().paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const responses = Object.entries(operation.responses);
      const [status, answer] = responses.find(([code]) => code.startsWith("2")) ?? ["200", undefined];
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        summary: operation.summary,
        caller: operation["x-caller"],
        scope: operation["x-scope"],
        hubMethod: operation["x-hub-method"],
        parameters: operation.parameters ?? [],
        body: operation.requestBody?.content?.["application/json"]?.schema,
        answer: { status, schema: answer?.content?.["application/json"]?.schema ?? {} },
        problems: responses
          .filter(([code]) => Number(code) >= 400)
          .map(([code, { description }]) => ({ status: code, codes: description.split(", ") })),
      };
    }),
  );
}

/** The schema itself, where only its name is given. */
export function resolveSchema(schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return (name && load().components.schemas[name]) || schema;
}

/** The name of a schema that has one. */
export function nameOf(schema: Schema): string | undefined {
  return schema.$ref?.split("/").at(-1);
}
