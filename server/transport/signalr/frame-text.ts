import { decodeMulti } from "@msgpack/msgpack";

const brace = 0x7b;
const quoteOrBrace = new Set([0x22, 0x7d]);

/** What a client said or was told, for people who look at it: JSON as it is, MessagePack as JSON. */
export function frameText(payload: Buffer): string {
  if (payload[0] === brace && quoteOrBrace.has(payload[1] ?? 0))
    return payload.toString("utf8").replaceAll("\u001e", "\n").trim();
  try {
    return [...messagesIn(payload)].map((message) => JSON.stringify(message)).join("\n");
  } catch {
    return `${payload.length} bytes that are not read here`;
  }
}

/** Each with its length before it, as seven bits a byte (HubProtocol.md, "MessagePack encoding"). */
function* messagesIn(payload: Buffer): Generator<unknown> {
  for (let at = 0; at < payload.length; ) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = payload[at++] ?? 0;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80 || shift > 28) break;
    }
    yield* decodeMulti(payload.subarray(at, at + length));
    at += length;
  }
}
