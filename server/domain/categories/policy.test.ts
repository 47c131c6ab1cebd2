import { describe, expect, test } from "vitest";
import { DomainError } from "../../errors.ts";
import { ensureMetadata, findSchemaFault } from "./policy.ts";

const order = {
  type: "object",
  properties: {
    orderId: { type: "string", maxLength: 20 },
    lines: { type: "array", items: { type: "object", required: ["sku"], properties: { sku: { type: "string" } } } },
    pattern: { type: "string" },
  },
  required: ["orderId"],
  additionalProperties: false,
};

function faultsOf(metadata: Record<string, unknown>): Record<string, string[]> | undefined {
  try {
    ensureMetadata({ metadataSchema: order }, metadata);
    return undefined;
  } catch (error) {
    expect((error as DomainError).code).toBe("invalid");
    return (error as DomainError).face.errors;
  }
}

describe("metadata", () => {
  test("that meets the schema passes, as does any without one", () => {
    expect(faultsOf({ orderId: "1", lines: [{ sku: "a" }], pattern: "a property may be called so" })).toBeUndefined();
    ensureMetadata({ metadataSchema: null }, { anything: 1 });
    ensureMetadata(null, { anything: 1 });
  });

  test.each([
    [{ lines: [] }, "metadata.orderId"],
    [{ orderId: "1", lines: [{ sku: "a" }, {}] }, "metadata.lines.1.sku"],
    [{ orderId: "1", lines: [{ sku: 5 }] }, "metadata.lines.0.sku"],
    [{ orderId: "1", "mo/re": 1 }, "metadata.mo/re"],
    [{ orderId: "x".repeat(21) }, "metadata.orderId"],
  ])("like %j is refused, with the fault at its field", (metadata, field) => {
    expect(Object.keys(faultsOf(metadata) ?? {})).toEqual([field]);
  });
});

describe("a schema", () => {
  test("of the dialect is taken", () => {
    expect(findSchemaFault(order)).toBeUndefined();
  });

  test.each([
    ["a reference to another place", { properties: { a: { $ref: "https://example.com/schema" } } }],
    ["a reference to itself", { anyOf: [{ $ref: "#" }] }],
    ["a pattern that may backtrack", { properties: { a: { type: "string", pattern: "^(a+)+$" } } }],
    ["a pattern of names", { patternProperties: { "(a+)+": {} } }],
    ["a name of its own", { $id: "https://example.com/schema" }],
    ["another dialect", { $schema: "https://json-schema.org/draft/2020-12/schema" }],
    ["a search in a list", { contains: { type: "string" } }],
    ["one hidden in a list", { allOf: [{ not: { items: [{ $ref: "#" }] } }] }],
    ["an unknown keyword", { kind: "object" }],
    ["an unknown type", { type: "text" }],
    ["more than it may have", { description: "x".repeat(17_000) }],
  ])("with %s is not", (_name, schema) => {
    expect(findSchemaFault(schema)).toMatch(/must not use|is no JSON Schema|at most/);
  });

  test("cannot make a check take long", () => {
    // What is worst of what is allowed: choices nested in choices over the largest metadata there is.
    const nest = (depth: number): object =>
      depth === 0 ? { type: "string" } : { anyOf: [nest(depth - 1), { type: "array", items: nest(depth - 1) }] };
    const schema = { properties: { list: nest(7) } };
    expect(findSchemaFault(schema)).toBeUndefined();
    const list = Array.from({ length: 2000 }, () => [1]);
    const began = process.cpuUsage();
    expect(() => ensureMetadata({ metadataSchema: schema }, { list })).toThrow(DomainError);
    // Of processor time, in microseconds, which no stall of the machine adds to.
    const { user, system } = process.cpuUsage(began);
    expect(user + system).toBeLessThan(2_000_000);
  });
});
