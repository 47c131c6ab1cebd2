import { z } from "zod";
import type { Operation } from "../../operation.ts";

/** An input that has to be refused, and why. */
export interface Malformed {
  why: string;
  field: string;
  input: Record<string, unknown>;
  /** An address and a query string are text: they can carry this all the same. */
  asText: boolean;
  /** Whether it is the first of its kind for the field: tried on each transport, the others on one in turn. */
  everywhere: boolean;
}

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  maxLength?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
  anyOf?: Schema[];
}

type Bad = [why: string, value: unknown, asText?: boolean];

/** Every required field left out, and every field with values of another type or beyond its bounds, one at a time. */
export function malformedInputs(operation: Operation, valid: Record<string, unknown>): Malformed[] {
  const schema = z.toJSONSchema(operation.input, { io: "input", unrepresentable: "any" }) as Schema;
  const wrong = Object.entries(schema.properties ?? {}).flatMap(([field, property]) => {
    const bad = badValues(property);
    // An address carries none but text.
    const first = [0, bad.findIndex(([, , asText]) => asText)];
    return bad.map(([why, value, asText = false], index) => ({
      why: `${field} ${why}`,
      field,
      input: { ...valid, [field]: value },
      asText,
      everywhere: first.includes(index),
    }));
  });
  return [...(schema.required ?? []).flatMap((field) => missing(field, valid)), ...wrong];
}

/** Left out and null are the same. */
function missing(field: string, valid: Record<string, unknown>): Malformed[] {
  const { [field]: _, ...rest } = valid;
  return [
    { why: `${field} is missing`, field, input: rest, asText: false, everywhere: true },
    { why: `${field} is null`, field, input: { ...valid, [field]: null }, asText: false, everywhere: false },
  ];
}

function badValues(schema: Schema): Bad[] {
  if (schema.anyOf) return [["is a number", 7], ["is an object", {}], ...schema.anyOf.flatMap(tooMuch)];
  const types: Record<string, Bad[]> = {
    string: [
      ["is a number", 7],
      ["is true", true],
      ["is an object", {}],
      ["is a list", ["x"]],
    ],
    number: [
      ["is text", "many", true],
      ["is true", true, true],
      ["is an object", {}],
      ["is a list", [1]],
    ],
    integer: [
      ["is text", "many", true],
      ["is a fraction", 1.5, true],
      ["is an object", {}],
      ["is a list", [1]],
    ],
    boolean: [
      ["is text", "perhaps", true],
      ["is a number", 7, true],
      ["is an object", {}],
    ],
    array: [
      ["is text", "x"],
      ["is a number", 7],
      ["is an object", {}],
      ["holds a number", [7]],
      ["holds a list", [["x"]]],
    ],
    object: [
      ["is text", "x"],
      ["is a number", 7],
      ["is a list", ["x"]],
    ],
  };
  return [...(types[schema.type ?? ""] ?? []), ...tooMuch(schema)];
}

function tooMuch({ maxLength, maxItems, minimum, maximum, enum: values }: Schema): Bad[] {
  const bad: Bad[] = [];
  if (maxLength !== undefined) bad.push(["is too long", "x".repeat(maxLength + 1), maxLength < 4000]);
  if (maxItems !== undefined) bad.push(["is too many", Array.from({ length: maxItems + 1 }, (_, i) => `user-${i}`)]);
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER) bad.push(["is too small", minimum - 1, true]);
  if (maximum !== undefined) bad.push(["is too large", maximum * 2, true]);
  if (values !== undefined) bad.push(["is no such word", "nonsense", true]);
  return bad;
}
