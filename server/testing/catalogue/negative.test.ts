import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Scope, scopes } from "../../auth/scopes.ts";
import { signUserToken } from "../../domain/tokens/sign-user-token.ts";
import { type ErrorCode, errorTable } from "../../errors.ts";
import type { Operation } from "../../operation.ts";
import { allOperations } from "../../operations.ts";
import { limits } from "../../schema.ts";
import { openApiDocument } from "../../transport/rest/openapi.ts";
import { makeOperator } from "../console.ts";
import { type Stack, startStack, testSecret } from "../stack.ts";
import { answerTo, callerOf, type Example, examples } from "./examples.ts";
import { malformedInputs } from "./malformed.ts";
import { changedTables, type Fingerprint, takeFingerprint } from "./rows.ts";
import { type Outcome, openTransports, type TransportName, transportNames } from "./transports.ts";
import { type Credential, everybody, makeSide, type Side } from "./world.ts";

// For every operation and transport: whoever may not, whatever is not valid, and whatever is another tenant's gets the documented
// answer, the same everywhere, and nothing is stored.

type Wires = ReturnType<typeof openTransports>;

let stack: Stack;
let owner: Client;
let acme: Side;
let globex: Side;
let atAcme: Wires;
let atGlobex: Wires;
/** Keys of acme with every scope but one. */
const keyWithout = new Map<Scope, string>();
let expired: string;
/** Of an owner of acme, at the console. */
let session: string;

beforeAll(async () => {
  stack = await startStack();
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  [acme, globex] = await Promise.all([makeSide(stack, "acme"), makeSide(stack, "globex")]);
  [atAcme, atGlobex] = [openTransports(acme), openTransports(globex)];
  for (const scope of scopes) {
    const input = { name: `all but ${scope}`, scopes: scopes.filter((one) => one !== scope) };
    const { body } = await acme.tenant.key()<{ key: string }>("POST", "/admin/api-keys", input);
    keyWithout.set(scope, body.key);
  }
  const { security } = stack.api.services;
  expired = (await signUserToken(security, acme.tenantId, { userId: "ada", expiresIn: -5 })).token;
});
afterAll(async () => {
  for (const wires of [atAcme, atGlobex]) for (const name of transportNames) await wires[name].close();
  await owner.end();
  await stack.close();
});

test("every operation has a row, and no row is left over", () => {
  expect(Object.keys(examples).toSorted()).toEqual(allOperations.map(({ name }) => name).toSorted());
});

const rows = allOperations.map((operation) => ({ name: operation.name, operation, example: exampleOf(operation) }));

function exampleOf({ name }: Operation): Example {
  const example = (examples as Record<string, Example | undefined>)[name];
  if (!example) throw new Error(`${name} has no row in examples.ts`);
  return example;
}

describe.each(rows)("$name", ({ operation, example }) => {
  const root = operation.http.root === true;
  const { access } = operation;
  /** Nobody at all may call. */
  const shut = access.caller === "internal";
  let before: Fingerprint;
  beforeAll(async () => {
    // A new one each time: who signed in long ago is asked again who it is.
    if (allowed.length === 0)
      ({ session } = await makeOperator(stack.api.services.db, testSecret, { tenantId: acme.tenantId, role: "owner" }));
    before = await takeFingerprint(owner);
  });
  // As if a while had gone by: of calls that are no tenant's an address has as many as the installation gives it.
  beforeEach(() => root && stack.api.services.limiter.take("address", "127.0.0.1", { rate: 1e6, burst: 1e6 }));

  const refused = everybody.filter((who) => transportNames.some((name) => answerTo(example, who, name) !== "ok"));
  test.each(refused)("called by %s", async (who) => {
    for (const name of transportNames) {
      const wanted = answerTo(example, who, name);
      if (wanted === "ok") continue;
      const input = example.input(acme);
      expectRefusal(operation, await atAcme[name].call(operation, input, acme.credentials[who]), wanted, `on ${name}`);
    }
  });

  test("with a credential that is none", async () => {
    const bad: Credential[] = [{ bearer: "garbage" }, { bearer: "" }, { apiKey: "garbage" }];
    if (!root) bad.push({ bearer: expired });
    for (const credential of bad)
      for (const name of transportNames) {
        const outcome = await atAcme[name].call(operation, example.input(acme), credential);
        expectRefusal(operation, outcome, "unauthenticated", `${JSON.stringify(credential)} on ${name}`);
      }
  });

  test(`with a key that lacks the scope ${access.scope ?? "(none is needed)"}`, async () => {
    if (!access.scope) return expect(["anyone", "installation", "person", "internal"]).toContain(access.caller);
    const credential = { apiKey: keyWithout.get(access.scope) ?? "", actAs: "ada" };
    for (const name of transportNames)
      expectRefusal(
        operation,
        await atAcme[name].call(operation, example.input(acme), credential),
        "scope_missing",
        `on ${name}`,
      );
  });

  test("with a key that may not act as a user", async () => {
    const credential = { apiKey: keyWithout.get("act-as") ?? "", actAs: "ada" };
    for (const name of transportNames) {
      const wanted = root && name !== "signalr" ? "unauthenticated" : "scope_missing";
      expectRefusal(
        operation,
        await atAcme[name].call(operation, example.input(acme), credential),
        wanted,
        `on ${name}`,
      );
    }
  });

  test("with another tenant's credential", async () => {
    const { member, key, keyAsMember } = globex.credentials;
    for (const credential of [member, key, keyAsMember])
      for (const name of transportNames) {
        // There the tenant is the token's own, whatever the header says: see "with another tenant's ids".
        if (name === "trpc" && credential === member && !root) continue;
        const wanted = root && name !== "signalr" ? "unauthenticated" : "forbidden";
        expectRefusal(
          operation,
          await atAcme[name].call(operation, example.input(acme), credential),
          wanted,
          `on ${name}`,
        );
      }
  });

  test("with another tenant's ids", async () => {
    const named = Object.entries(example.input(globex)).filter(
      ([field, value]) => /^(?!user|client).*Id$/.test(field) || namesSomething(value),
    );
    expect(Object.keys(example.foreign)).toEqual(expect.arrayContaining(named.map(([field]) => field)));
    for (const [field, wanted] of Object.entries(example.foreign)) {
      if (wanted === "ok") continue;
      const input = { ...example.input(globex), [field]: foreignValue(field) };
      const credential = globex.credentials[callerOf(example)];
      for (const name of transportNames)
        expectRefusal(
          operation,
          await atGlobex[name].call(operation, input, credential),
          wanted,
          `${field} on ${name}`,
        );
      if (credential.bearer)
        expectRefusal(
          operation,
          await atAcme.trpc.call(operation, input, credential),
          wanted,
          `${field} with the header of the other`,
        );
    }
  });

  /** Who may call and over what; where no key and no token may, an operator over the one transport that takes their sessions. */
  const allowed = transportNames.filter((name) => answerTo(example, callerOf(example), name) === "ok");
  const takes: readonly TransportName[] = allowed.length > 0 ? allowed : ["trpc"];
  const caller = () => (allowed.length > 0 ? acme.credentials[callerOf(example)] : { session });

  test("with malformed input", async () => {
    const inputs = malformedInputs(operation, example.input(acme));
    let calls = 0;
    for (const { why, field, input, asText, everywhere } of inputs) {
      const inAddress = operation.http.path.includes(`{${field}}`);
      const inText = inAddress || operation.http.method === "GET" || operation.http.method === "DELETE";
      const carry = takes.filter(
        (name) => !(name === "rest" && inText && !asText) && !(name === "signalr" && !fitsHub(input)),
      );
      const outcomes: Partial<Record<TransportName, Outcome>> = {};
      for (const name of everywhere ? carry : inTurn(carry)) {
        const outcome = await atAcme[name].call(operation, input, caller());
        calls++;
        outcomes[name] = outcome;
        expectRefusal(operation, outcome, shut ? "forbidden" : "invalid", `${why} on ${name}`);
        if (outcome.problem && !shut) expect(fieldsOf(outcome), `${why} on ${name}`).toContain(field);
      }
      // In an address everything is text, so that the words about it may differ.
      if (outcomes.rest && outcomes.trpc && !inText)
        expect(outcomes.rest.problem?.errors, why).toEqual(outcomes.trpc.problem?.errors);
    }
    expect(calls).toBeGreaterThanOrEqual(inputs.length);
  });

  test("with something else than one object", async () => {
    for (const [index, body] of [[], [{}], "text", 7, true].entries()) {
      const carry = takes.filter((name) => name !== "rest" || !["GET", "DELETE"].includes(operation.http.method));
      for (const name of index === 0 ? carry : inTurn(carry)) {
        const outcome = await callWith(name, operation, body, caller());
        expectRefusal(operation, outcome, "invalid", `${JSON.stringify(body)} on ${name}`);
      }
    }
  });

  test("and nothing was stored", async () => {
    expect(changedTables(before, await takeFingerprint(owner))).toEqual([]);
  });
});

/** The first tenant's value for a field of the second one's call. */
function foreignValue(field: string): string {
  const { messageId, keyId, templateName, linkToken, topicId, postmarkSecret, personId } = acme.ids;
  const named = { replyToId: messageId, kind: keyId, name: templateName, token: linkToken, topic: topicId };
  const more = { secret: postmarkSecret, sessionId: personId, after: acme.since };
  const values: Record<string, string> = { ...acme.ids, ...named, ...more };
  const value = values[field];
  if (value === undefined) throw new Error(`nothing of the first tenant's fits the field ${field}`);
  return value;
}

let turns = 0;

/** One of them, each time the next. */
function inTurn(names: TransportName[]): TransportName[] {
  return names.length > 0 ? [names[turns++ % names.length] as TransportName] : [];
}

/** Whether it is the id of something that a tenant has, or a place in its log. */
function namesSomething(value: unknown): boolean {
  return value === globex.since || Object.values(globex.ids).some((id) => id === value);
}

function fitsHub(input: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(input)) < limits.frameBytes - 1000;
}

function fieldsOf({ problem }: Outcome): (string | undefined)[] {
  return Object.keys(problem?.errors ?? {}).map((path) => path.split(".")[0]);
}

async function callWith(
  name: TransportName,
  operation: Operation,
  body: unknown,
  credential: Credential,
): Promise<Outcome> {
  if (name !== "rest") return atAcme[name].call(operation, body as Record<string, unknown>, credential);
  return atAcme.rest.call(operation, exampleOf(operation).input(acme), credential, { body });
}

function expectRefusal(operation: Operation, outcome: Outcome, wanted: ErrorCode, hint: string): void {
  const { code, status, problem, headers } = outcome;
  expect({ code, status }, hint).toEqual({ code: wanted, status: errorTable[wanted].status });
  if (problem) {
    const { title } = errorTable[wanted];
    expect(problem, hint).toMatchObject({ type: `/docs/errors/${wanted}`, title, status, code: wanted });
    expect(problem.requestId, hint).toMatch(/^[0-9a-f-]{36}$/);
  }
  if (!headers) return;
  expect(documented(operation, status), hint).toContain(wanted);
  expect(headers.get("content-type"), hint).toBe("application/problem+json; charset=utf-8");
  expect(headers.get("x-request-id"), hint).toBe(problem?.requestId);
  expect(problem?.instance, hint).toMatch(/^\/(tenant|installation|api\/console)/);
  expect(headers.get("www-authenticate"), hint).toBe(status === 401 ? "Bearer" : null);
}

const { paths } = openApiDocument() as { paths: Record<string, Record<string, { responses: Json }>> };
type Json = Record<string, { description: string }>;

/** The codes that the OpenAPI document names for a status of the operation. */
function documented({ http }: Operation, status: number): string[] {
  const path = http.root ? http.path : `/tenant/{tenantId}/v1${http.path}`;
  return paths[path]?.[http.method.toLowerCase()]?.responses[String(status)]?.description.split(", ") ?? [];
}
