import { isDotSegment } from "../../../client/dot-segment.ts";

/** What is read of /openapi.json. */
export interface OpenApi {
  paths: Record<string, Record<string, OpenApiOperation>>;
}

interface Schema {
  type?: string | string[];
  anyOf?: readonly Schema[];
  description?: string;
  enum?: readonly unknown[];
  properties?: Record<string, Schema>;
  required?: readonly string[];
}

interface OpenApiOperation {
  operationId: string;
  summary?: string;
  parameters?: readonly { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

export interface CallField {
  name: string;
  in: "path" | "query" | "body";
  required: boolean;
  /** json: whatever else there is, written as JSON. */
  kind: "text" | "number" | "boolean" | "choice" | "json";
  choices: readonly string[];
  hint: string | undefined;
}

/** An operation of a tenant, as it is called by REST. */
export interface PlaygroundCall {
  name: string;
  summary: string;
  method: string;
  path: string;
  fields: readonly CallField[];
}

const tenantPath = "/tenant/{tenantId}/v1";

/** Every call at a tenant's address, by name. */
export function callsOf({ paths }: OpenApi): PlaygroundCall[] {
  return Object.entries(paths)
    .filter(([path]) => path.startsWith(tenantPath))
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => toCall(path, method, operation)))
    .filter((call, at, all) => all.findIndex(({ name }) => name === call.name) === at)
    .sort((a, b) => a.name.localeCompare(b.name));
}

function toCall(path: string, method: string, operation: OpenApiOperation): PlaygroundCall {
  const { operationId, summary = "", parameters = [], requestBody } = operation;
  const body = requestBody?.content["application/json"]?.schema;
  const inAddress = parameters
    .filter((one) => (one.in === "path" || one.in === "query") && one.name !== "tenantId")
    .map(({ name, in: place, required = false, schema }) => toField(name, place as "path" | "query", required, schema));
  const inBody = Object.entries(body?.properties ?? {}).map(([name, schema]) =>
    toField(name, "body", body?.required?.includes(name) ?? false, schema),
  );
  return { name: operationId, summary, method: method.toUpperCase(), path, fields: [...inAddress, ...inBody] };
}

function toField(name: string, place: CallField["in"], required: boolean, schema: Schema): CallField {
  const choices = (schema.enum ?? []).filter((one) => typeof one === "string");
  // What an address takes as text is typed as text: a list with its commas, and no JSON.
  const asText = place === "query" && schema.anyOf?.some(({ type }) => type === "string");
  return { name, in: place, required, kind: asText ? "text" : kindOf(schema), choices, hint: schema.description };
}

function kindOf({ type, enum: choices }: Schema): CallField["kind"] {
  if (choices && type === "string") return "choice";
  if (type === "string") return "text";
  if (type === "number" || type === "integer") return "number";
  return type === "boolean" ? "boolean" : "json";
}

/** What was filled in, by field. */
export type Values = Record<string, unknown>;

export interface HttpCall {
  method: string;
  /** With its query. */
  path: string;
  body: Values | undefined;
}

/** The call as it travels. */
export function toHttp(call: PlaygroundCall, values: Values, tenantId: string): HttpCall {
  const of = (place: CallField["in"]) =>
    call.fields.filter((field) => field.in === place && values[field.name] !== undefined);
  const path = call.path.replace(/\{(\w+)\}/g, (place, name: string) => {
    const text = name === "tenantId" ? tenantId : textOf(values[name]);
    return isDotSegment(text) ? place : encodeURIComponent(text);
  });
  const query = of("query").flatMap(({ name }) =>
    [values[name]].flat().map((value) => `${name}=${encodeURIComponent(textOf(value))}`),
  );
  const body = Object.fromEntries(of("body").map(({ name }) => [name, values[name]]));
  const carries = call.fields.some((field) => field.in === "body");
  return {
    method: call.method,
    path: query.length === 0 ? path : `${path}?${query.join("&")}`,
    body: carries ? body : undefined,
  };
}

/** The field whose value would make the call another one, on what the address names before it. */
export function astrayField({ fields }: PlaygroundCall, values: Values): string | undefined {
  return fields.find(({ in: place, name }) => place === "path" && isDotSegment(textOf(values[name])))?.name;
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** How a caller says who it is; the secret itself is left to a variable of the shell. */
export type Credential = { kind: "user"; userId: string } | { kind: "key"; actAs: string };

export function toCurl({ method, path, body }: HttpCall, credential: Credential, origin: string): string {
  const lines = [`curl ${method === "GET" ? "" : `-X ${method} `}'${origin}${quoted(path)}'`];
  for (const { name, text, variable } of headersOf(credential))
    lines.push(variable === undefined ? `-H '${quoted(`${name}: ${text}`)}'` : `-H "${name}: ${text}$${variable}"`);
  if (body) lines.push(`-H 'content-type: application/json'`, `-d '${quoted(JSON.stringify(body))}'`);
  return lines.join(" \\\n  ");
}

export function toTypeScript({ method, path, body }: HttpCall, credential: Credential, origin: string): string {
  const headers = headersOf(credential).map(({ name, text, variable }) => {
    const value = variable === undefined ? headerCode(text) : `\`${text}\${process.env.${variable}}\``;
    return `    ${JSON.stringify(name)}: ${value},`;
  });
  if (body) headers.push('    "content-type": "application/json",');
  return [
    `const response = await fetch(${JSON.stringify(`${origin}${path}`)}, {`,
    `  method: ${JSON.stringify(method)},`,
    "  headers: {",
    ...headers,
    "  },",
    ...(body ? [`  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll("\n", "\n  ")}),`] : []),
    "});",
    "console.log(response.status, await response.json());",
  ].join("\n");
}

/** fetch takes the letters of a header for bytes, and they are read as UTF-8. */
function headerCode(text: string): string {
  const code = JSON.stringify(text);
  return /^[\x20-\x7e]*$/.test(text) ? code : `unescape(encodeURIComponent(${code}))`;
}

interface CredentialHeader {
  name: string;
  text: string;
  /** Of the environment; its value follows the text. */
  variable?: string;
}

function headersOf(credential: Credential): CredentialHeader[] {
  if (credential.kind === "user") return [{ name: "authorization", text: "Bearer ", variable: "PARLEY_TOKEN" }];
  const key = { name: "x-api-key", text: "", variable: "PARLEY_KEY" };
  return credential.actAs === "" ? [key] : [key, { name: "x-act-as-user", text: credential.actAs }];
}

/** Inside single quotes of a shell. */
function quoted(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}
