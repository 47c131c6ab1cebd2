import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Role, roles } from "../../auth/roles.ts";
import { type ErrorCode, errorTable } from "../../errors.ts";
import type { Operation } from "../../operation.ts";
import { allOperations } from "../../operations.ts";
import { makeOperator } from "../console.ts";
import { type Stack, startStack, testSecret } from "../stack.ts";
import { type Answer, examples } from "./examples.ts";
import { changedTables, type Fingerprint, takeFingerprint } from "./rows.ts";
import { openTransports } from "./transports.ts";
import { asOwner, makeSide, type Side } from "./world.ts";

// Every operation by an operator of each role, over the one transport that takes console sessions; and by an operator of another
// tenant, who gets nowhere with any of them.

let stack: Stack;
let acme: Side;
let globex: Side;
const sessionOf = new Map<Role, string>();
const personOf = new Map<Role, string>();
/** What got through: who called what. */
const made: { role: Role; operation: Operation }[] = [];
let stale: string;
let atAcme: ReturnType<typeof openTransports>;
let atGlobex: typeof atAcme;
let before: Fingerprint;

beforeAll(async () => {
  stack = await startStack();
  [acme, globex] = await Promise.all([makeSide(stack, "acme"), makeSide(stack, "globex")]);
  const { db } = stack.api.services;
  for (const role of roles) {
    const { session, personId } = await makeOperator(db, testSecret, { tenantId: acme.tenantId, role });
    sessionOf.set(role, session);
    personOf.set(role, personId);
  }
  stale = (await makeOperator(db, testSecret, { tenantId: acme.tenantId, role: "owner" }, { sudo: false })).session;
  [atAcme, atGlobex] = [openTransports(acme), openTransports(globex)];
  before = await asOwner(stack, (owner) => takeFingerprint(owner, "globex"));
});
afterAll(() => stack.close());

/** Refusals at the door, before an operation looks at anything. */
const doors = ["unauthenticated", "forbidden", "user_required", "scope_missing", "reauthentication_required"];

/** Whether it got through the door and was answered, be it with what is wrong with the call. */
function isHeard(code: string): boolean {
  return code === "ok" || (!doors.includes(code) && errorTable[code as ErrorCode].status < 500);
}

/** What an operator is told of a kind of call; what is otherwise stands in the operation's row. */
function usual({ access, kind, http }: Operation, role: Role): Answer {
  if (http.root)
    return { person: "ok", internal: "forbidden", installation: "forbidden", anyone: "ok" }[
      access.caller as "person"
    ] as Answer;
  const manages = role === "owner" || role === "admin";
  if (access.caller === "anyone") return "ok";
  if (access.caller === "user") return "user_required";
  if (access.caller === "key") return "forbidden";
  // A call that only looks, though it is a POST for the length of what it asks.
  const looks = kind === "query" || access.console === "admin:read";
  return looks || manages ? "ok" : "forbidden";
}

// Signing out would end the sessions of all that follows; it has a test of its own.
const rows = allOperations
  .filter(({ name }) => name !== "account.signOut")
  .map((operation) => ({
    name: operation.name,
    operation,
    example: examples[operation.name as keyof typeof examples],
  }));

describe.each(rows)("$name", ({ operation, example }) => {
  test("by each role", async () => {
    // Of a user, where the call names none: an operator is none.
    const nameless = operation.access.caller === "user-or-key" && example.callers.key === "user_required";
    const told = await Promise.all(
      roles.map(async (role) => {
        const wanted = example.operators?.[role] ?? (nameless ? "user_required" : usual(operation, role));
        const session = sessionOf.get(role) ?? "";
        const input = harmless(example.input(acme));
        const { code } = await atAcme.trpc.call(operation, input, { session });
        if (!doors.includes(code)) made.push({ role, operation });
        return [role, wanted, wanted === "ok" && isHeard(code) ? "ok" : code];
      }),
    );
    for (const [role, wanted, code] of told) expect([role, code]).toEqual([role, wanted]);
  });

  if (!operation.http.root)
    test("by an operator of another tenant, and over REST, where cookies are none", async () => {
      const session = sessionOf.get("owner") ?? "";
      const outcome = await atGlobex.trpc.call(operation, example.input(globex), { session });
      expect(outcome).toMatchObject({ code: "forbidden", status: 403 });
      expect(outcome.body).toBeUndefined();
      if (operation.access.caller === "anyone") return;
      const { code } = await atAcme.rest.call(operation, example.input(acme), { session });
      expect(code).toBe("unauthenticated");
    });

  if (operation.access.sudo)
    test("asks an owner who signed in long ago to say again who it is", async () => {
      const { code } = await atAcme.trpc.call(operation, example.input(acme), { session: stale });
      expect(code).toBe("reauthentication_required");
    });
});

test("nothing of all that changed anything of the other tenant", async () => {
  expect(changedTables(before, await asOwner(stack, (owner) => takeFingerprint(owner, "globex")))).toEqual([]);
});

test("all that an operator changed, or tried to, is in the audit log under their name, and nothing that only looks", async () => {
  const { rows: entries } = await asOwner(stack, (owner) =>
    owner.query<{ operation: string; actor_id: string }>(
      "select operation, actor_id from audit_entries where tenant_id = 'acme' and actor_kind = 'operator'",
    ),
  );
  const kept = new Set(entries.map(({ operation, actor_id }) => `${operation} ${actor_id}`));
  const leaves = ({ kind, access, http }: Operation) =>
    !http.root && access.console !== "admin:read" && (kind === "mutation" || access.console === "admin:secrets");
  for (const { role, operation } of made)
    expect([operation.name, role, kept.has(`${operation.name} ${personOf.get(role)}`)]).toEqual([
      operation.name,
      role,
      leaves(operation),
    ]);
});

/** Ids of things that are not there: a call that gets through finds nothing to spoil for the next one. */
function harmless(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, /Id$/.test(name) && typeof value === "string" ? gone : value]),
  );
}

const gone = "01890000-0000-7000-8000-000000000000";
