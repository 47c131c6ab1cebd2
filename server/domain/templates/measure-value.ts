import { limits } from "../../schema.ts";

/** What a value of a template may hold, in characters and items, as deep as they lie: as much as the longest part of a notification. */
export const biggest = limits.htmlBytes;

/**
 * What a value holds as whoever reads or writes it in full comes upon it: a list that stands in another one twice counts twice. Stops
 * at the bound itself. Throws when it holds more.
 */
export function measure(value: unknown): number {
  const waiting = [value];
  let size = 0;
  while (waiting.length > 0) {
    const at = waiting.pop();
    const inner = typeof at === "string" || Array.isArray(at) ? at : entriesOf(at);
    size += inner.length;
    if (size > biggest) throw new Error(`a value holds more than ${biggest} characters and items`);
    if (typeof inner !== "string") for (const one of inner) waiting.push(one);
  }
  return size;
}

function entriesOf(value: unknown): unknown[] {
  return value === null || typeof value !== "object" ? [] : Object.entries(value).flat();
}
