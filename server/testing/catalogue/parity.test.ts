import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorTable } from "../../errors.ts";
import { hubMethodName, type Operation } from "../../operation.ts";
import { allOperations, operations } from "../../operations.ts";
import { projectRoot } from "../../persistence/project-root.ts";
import { openApiDocument } from "../../transport/rest/openapi.ts";
import { HubMethods } from "../../transport/signalr/methods.ts";
import { isOffHub, offHub } from "../../transport/signalr/off-hub.ts";
import { appRouter } from "../../transport/trpc/router.ts";
import { type Stack, startStack } from "../stack.ts";
import { answerTo, callerOf, type Example, examples } from "./examples.ts";
import { besideTheCatalogue, bindingsOf, bySessionAlone, collectRoutes } from "./routes.ts";
import { changedTables, takeFingerprint } from "./rows.ts";
import { SideCopies } from "./side-copies.ts";
import { type Outcome, openTransports, type Transport, type TransportName, transportNames } from "./transports.ts";
import { everybody, makeSide, type Side, type Who } from "./world.ts";

// Every operation is on every transport, and one call gets one answer and leaves the same behind, whichever it comes by.

let stack: Stack;
let owner: Pool;
let routes: string[];
let sides: SideCopies;
let calm: Side;

beforeAll(async () => {
  const collected = collectRoutes();
  stack = await startStack();
  routes = collected.stop();
  owner = new Pool({ connectionString: stack.database.ownerUrl, max: 4 });
  sides = await SideCopies.open(stack, owner);
  calm = await makeSide(stack, "calm");
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

describe("every operation", () => {
  const names = allOperations.map(({ name }) => name).toSorted();

  test("is named by its place in the catalogue", () => {
    const places = Object.entries(operations).flatMap(([noun, verbs]) =>
      Object.keys(verbs).map((verb) => `${noun}.${verb}`),
    );
    expect(places.toSorted()).toEqual(names);
  });

  test("is a REST route, and what is no operation is listed with its reason", () => {
    const wanted = new Set(allOperations.flatMap(bindingsOf));
    expect(routes.filter((route) => wanted.has(route))).toEqual([...wanted].toSorted());
    const others = routes.filter((route) => !wanted.has(route));
    expect(others.filter((route) => !besideTheCatalogue.some((entry) => entry.routes.test(route)))).toEqual([]);
    expect(besideTheCatalogue.filter((entry) => !others.some((route) => entry.routes.test(route)))).toEqual([]);
  });

  test("of a tenant can be called over REST with some key or token, or is listed with its reason", () => {
    const refused = rows.filter(
      ({ operation, example }) =>
        !operation.http.root &&
        operation.access.caller !== "anyone" &&
        everybody.every((who) => answerTo(example, who, "rest") !== "ok"),
    );
    expect(refused.map(({ name }) => name).toSorted()).toEqual(bySessionAlone.map(({ operation }) => operation));
  });

  test("is in the OpenAPI document, and nothing else is", () => {
    const described = Object.values(openApiDocument().paths as Record<string, Record<string, { operationId: string }>>)
      .flatMap((methods) => Object.values(methods))
      .map(({ operationId }) => operationId.replace(/\.\d+$/, ""));
    expect([...new Set(described)].toSorted()).toEqual(names);
  });

  test("is a tRPC procedure of its kind, and beside them there is only the subscription", () => {
    const procedures = Object.entries(
      appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>,
    );
    const kinds = Object.fromEntries(procedures.map(([name, { _def }]) => [name, _def.type]));
    const wanted = Object.fromEntries(allOperations.map(({ name, kind }) => [name, kind]));
    expect(kinds).toEqual({ ...wanted, "events.subscribe": "subscription" });
  });

  test("is a hub method with a name of its own, or off the hub for a reason", () => {
    const { services, realtime } = stack.api;
    const hub = new HubMethods({ operations: allOperations, services, log: undefined as never, realtime });
    const kindOf = (operation: Operation) => hub.kindOf(hubMethodName(operation));
    expect(allOperations.filter((each) => kindOf(each) !== (isOffHub(each) ? undefined : "call"))).toEqual([]);
    expect(offHub.filter(({ covers }) => !allOperations.some(covers))).toEqual([]);
    expect(new Set(allOperations.map((operation) => hubMethodName(operation).toLowerCase())).size).toBe(names.length);
  });
});

test("every error has a page of its code, and a title of its own", () => {
  const pages = readdirSync(join(projectRoot(), "docs/errors")).map((file) => file.replace(/\.md$/, ""));
  const codes = Object.keys(errorTable);
  expect(pages.toSorted()).toEqual(codes.toSorted());
  expect(new Set(Object.values(errorTable).map(({ title }) => title)).size).toBe(codes.length);
  for (const [code, { status, title, retry }] of Object.entries(errorTable)) {
    const page = readFileSync(join(projectRoot(), `docs/errors/${code}.md`), "utf8");
    expect(page, code).toMatch(new RegExp(`^# \`${code}\` \\(${status}\\)\n\n> ${title}\n`));
    expect(page, code).toContain(`A repeat of the same call ${retry ? "can succeed" : "gets the same answer"}.\n`);
  }
});

const rows = allOperations.map((operation) => ({
  name: operation.name,
  operation,
  example: (examples as Record<string, Example | undefined>)[operation.name] as Example,
}));

// Console sessions come by one transport alone, and have tests of their own.
const called = rows.filter(({ example }) => takesOf(example).length > 0);

function takesOf(example: Example): TransportName[] {
  return transportNames.filter((name) => answerTo(example, callerOf(example), name) === "ok");
}

/** Whoever calls by a token can say nothing more afterwards. */
const endsTokens = "tenants.revokeAll";
/** What the Admin finds empty: it got no notification. */
const ofOwnInbox = ["readAll", "seeAll", "bulkRead", "bulkArchive", "bulkDelete"].map(
  (verb) => `notifications.${verb}`,
);

let turn = 0;

describe.each(called)("$name", ({ operation, example }) => {
  const who = callerOf(example);
  const takes = takesOf(example);
  const post = operation.http.method === "POST";
  // Calls with a key and without are to come to the same, so one in turn has none.
  const keyless = takes[turn++ % takes.length];
  const runs = new Map<string, Promise<Done>>();
  /** What came of a call, which is made once: what is asked later of a call under a key goes on where that was made. */
  const run = (
    name: TransportName,
    by: Who,
    keyed = post && (by === who ? name !== keyless : by === "keyAsMember"),
  ) => {
    const what = JSON.stringify([name, by, keyed]);
    const done = runs.get(what) ?? runOnce(operation, example, { name, by, keyed });
    runs.set(what, done);
    return done;
  };
  afterAll(async () => {
    for (const done of await Promise.allSettled(runs.values()))
      if (done.status === "fulfilled") await done.value.transport.close();
  });

  test(`says and does the same over ${takes.join(", ")}`, async () => {
    const done = await Promise.all(takes.map((name) => run(name, who)));
    const [first] = done;
    for (const { name, outcome, changed, said } of done) {
      const status = name === "rest" ? (operation.http.status ?? 200) : 200;
      expect(outcome, name).toMatchObject({ code: "ok", status });
      expect(changed, name).toEqual(example.changes.toSorted());
      expect(said, name).toEqual(first?.said);
    }
    expectDescribed(operation, first?.outcome);
  });

  const others = everybody.filter((one) => one !== who && example.callers[one] === "ok");
  if (others.length > 0)
    test(`works for ${others.join(", ")}`, async () => {
      const done = await Promise.all(others.map((other) => run("rest", other)));
      for (const [i, { outcome, changed }] of done.entries()) {
        const other = others[i];
        const changes = other === "admin" && ofOwnInbox.includes(operation.name) ? [] : example.changes;
        expect(outcome, other).toMatchObject({ code: "ok" });
        expect(changed, other).toEqual(changes.toSorted());
      }
    });

  if (!post) return;
  test("answers a repeat under its key as before, and another call under it not at all", async () => {
    const by = operation.name === endsTokens ? "keyAsMember" : who;
    const held = transportNames
      .filter((name) => answerTo(example, by, name) === "ok")
      .map((name) => run(name, by, true));
    if (others.includes("keyAsMember")) held.push(run("rest", "keyAsMember", true));
    await Promise.all([...new Set(held)].map(async (done) => expectHeld(operation, example, await done)));
  });
});

async function expectHeld(operation: Operation, example: Example, done: Done): Promise<void> {
  const { name, by, side, transport, input, outcome: first } = done;
  const hint = `${by} on ${name}`;
  const before = await takeFingerprint(owner, side.tenantId);
  const again = await transport.call(operation, input, side.credentials[by], keyOf(side));
  expect({ code: again.code, body: again.body }, hint).toEqual({ code: "ok", body: first.body });
  const changesNothing = example.changes.length === 0;
  if (name === "rest" && !changesNothing) expect(again.headers?.get("idempotent-replayed"), hint).toBe("true");
  const other = Object.entries(input).find(
    ([field, value]) =>
      typeof value === "string" &&
      !["chatId", "token"].includes(field) &&
      operation.input.safeParse({ ...input, [field]: `${value}2` }).success,
  );
  if (other && !changesNothing) {
    const changed = { ...input, [other[0]]: `${other[1]}2` };
    const outcome = await transport.call(operation, changed, side.credentials[by], keyOf(side));
    expect(outcome, hint).toMatchObject({ code: "idempotency_reused", status: 422 });
  }
  expect(changedTables(before, await takeFingerprint(owner, side.tenantId)), hint).toEqual([]);
}

/** One for each call of the installation too, which is no tenant's. */
const keyOf = ({ tenantId }: Side) => ({ idempotencyKey: `a-key of 1 call at ${tenantId}` });
/** Where keys are kept. */
const KEYS = ["idempotency_keys", "send_keys"];

interface Call {
  name: TransportName;
  by: Who;
  /** Whether it has an idempotency key. */
  keyed: boolean;
}

interface Done extends Call {
  side: Side;
  /** Left open. */
  transport: Transport;
  input: Record<string, unknown>;
  outcome: Outcome;
  /** Tables of the tenant that changed, but for what a key changes where none would. */
  changed: string[];
  /** The answer without what differs from tenant to tenant and call to call. */
  said: unknown;
}

/** Runs an example in a tenant of its own, or in one for all that change nothing. */
async function runOnce(operation: Operation, example: Example, call: Call): Promise<Done> {
  const { name, by, keyed } = call;
  const side = operation.kind === "query" ? calm : await sides.make(operation.name);
  const transport = openTransports(side)[name];
  const input = example.input(side);
  const before = await takeFingerprint(owner, side.tenantId);
  const outcome = await transport.call(operation, input, side.credentials[by], keyed ? keyOf(side) : {});
  const tables = changedTables(before, await takeFingerprint(owner, side.tenantId));
  const changed = tables.filter((table) => !keyed || !KEYS.includes(table) || example.changes.includes(table));
  return { ...call, side, transport, input, outcome, changed, said: generalise(outcome.body, side) };
}

/** Puts names in place of ids, times and secrets: the same id gets the same name wherever it stands. */
function generalise(body: unknown, { tenantId }: Side): unknown {
  const ids = new Map<string, string>();
  const text = JSON.stringify(body)
    // Before links: there may be a /u/ in one.
    .replace(/whsec_[\w+/=]+/g, "<secret>")
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, "<token>")
    .replace(/parley_[a-z0-9-]+_(…\S{4}|[\w-]{43})/g, "<key>")
    .replace(/\/invite\/[\w.-]+/g, "/invite/<link>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    // The hub's own call comes by one more of them.
    .replace(/"connectionsNow":\d+/g, '"connectionsNow":0')
    // Calls of the tenant that all queries share are noted in batches, at any moment.
    .replace(/"noted":\d+/g, '"noted":0')
    .replace(/\/u\/[\w.-]+/g, "/u/<link>")
    .replace(/"appId":"\d+"/g, '"appId":"<app>"')
    .replace(/\b[0-9a-f]{20,}\b/g, "<hex>")
    .replace(/"(iat|exp)":[\d.]+/g, '"$1":0')
    .replace(/"(eventId|nextCursor|prevCursor)":"[\w-]+"/g, '"$1":"<cursor>"')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      ids.set(id, ids.get(id) ?? `<id ${ids.size}>`);
      return ids.get(id) ?? "";
    })
    .replaceAll(tenantId, "<tenant>");
  return JSON.parse(text);
}

const document = openApiDocument() as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> };
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(closed(document) as object, "openapi");

/** The document says what is in an answer and lets more be there. Here nothing else may be: a field that it does not say is found. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (!value || typeof value !== "object") return value;
  const all = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item)]));
  return all.type === "object" && all.properties && all.additionalProperties === undefined
    ? { ...all, additionalProperties: false }
    : all;
}

/** The answer is what the OpenAPI document says it is, by another reader of JSON Schema than the one that wrote it. */
function expectDescribed({ http }: Operation, outcome: Outcome | undefined): void {
  const path = http.root ? http.path : `/tenant/{tenantId}/v1${http.path}`;
  const pointer = ["paths", path, http.method.toLowerCase(), "responses", String(http.status ?? 200)];
  const place = [...pointer, "content", "application/json", "schema"].map(escapePointer).join("/");
  const validate = ajv.compile({ $ref: `openapi#/${place}` }) as ValidateFunction;
  expect(validate(outcome?.body), JSON.stringify(validate.errors)).toBe(true);
}

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}
