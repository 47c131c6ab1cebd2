import { readParts } from "./msgpack-codec.ts";

const brace = 0x7b;
const quoteOrBrace = new Set([0x22, 0x7d]);

/** What a client said or was told, for people who look at it: JSON as it is, MessagePack as JSON. */
export function frameText(payload: Buffer): string {
  if (payload[0] === brace && quoteOrBrace.has(payload[1] ?? 0))
    return payload.toString("utf8").replaceAll("\u001e", "\n").trim();
  try {
    return [...readParts(payload)].map((message) => JSON.stringify(message)).join("\n");
  } catch {
    return `${payload.length} bytes that are not read here`;
  }
}
