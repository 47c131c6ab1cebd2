import { maxDepth, ProtocolFault } from "./codec.ts";

/**
 * Looks over MessagePack before it is decoded. A decoder makes room for as many elements as an array says it has, so that some bytes
 * could ask for gigabytes: here the elements that are announced may not be more than the bytes that are left. Throws ProtocolFault.
 */
export function boundMsgpack(bytes: Buffer): void {
  const open: number[] = [];
  let at = 0;
  let expected = 1;
  while (expected > 0) {
    if (expected > bytes.length - at) throw unreadable();
    const { skip, elements } = headOf(bytes, at);
    at += skip;
    expected += elements - 1;
    if (at > bytes.length) throw unreadable();
    nest(open, elements);
  }
}

/** Keeps how many elements each open array or map still has. */
function nest(open: number[], elements: number): void {
  if (elements > 0) {
    if (open.push(elements) > maxDepth) throw new ProtocolFault(`The maximum depth of ${maxDepth} was exceeded.`);
    return;
  }
  for (let last = open.pop(); last !== undefined; last = open.pop()) {
    if (last > 1) {
      open.push(last - 1);
      return;
    }
  }
}

interface Head {
  /** Bytes of the value, without its elements. */
  skip: number;
  elements: number;
}

/** Of bin, ext, float, int and fixext, from 0xc4 on: bytes in all, or how many bytes of a length follow. */
const fixed: Record<number, number> = {
  202: 5, 203: 9, 204: 2, 205: 3, 206: 5, 207: 9, 208: 2, 209: 3, 210: 5, 211: 9, 212: 3, 213: 4, 214: 6, 215: 10, 216: 18,
}; // biome-ignore format: one line reads like the table of the specification
const lengths: Record<number, { of: number; extra: number }> = {
  196: { of: 1, extra: 0 },
  197: { of: 2, extra: 0 },
  198: { of: 4, extra: 0 },
  199: { of: 1, extra: 1 },
  200: { of: 2, extra: 1 },
  201: { of: 4, extra: 1 },
  217: { of: 1, extra: 0 },
  218: { of: 2, extra: 0 },
  219: { of: 4, extra: 0 },
};

function headOf(bytes: Buffer, at: number): Head {
  const byte = bytes[at] ?? 0;
  if (byte < 0x80 || byte >= 0xe0 || byte === 0xc0 || byte === 0xc2 || byte === 0xc3) return { skip: 1, elements: 0 };
  if (byte < 0x90) return { skip: 1, elements: (byte & 0x0f) * 2 };
  if (byte < 0xa0) return { skip: 1, elements: byte & 0x0f };
  if (byte < 0xc0) return { skip: 1 + (byte & 0x1f), elements: 0 };
  const size = fixed[byte];
  if (size !== undefined) return { skip: size, elements: 0 };
  const length = lengths[byte];
  if (length) return { skip: 1 + length.of + length.extra + numberAt(bytes, at + 1, length.of), elements: 0 };
  if (byte === 0xdc || byte === 0xdd) return container(bytes, at, byte === 0xdc ? 2 : 4, 1);
  if (byte === 0xde || byte === 0xdf) return container(bytes, at, byte === 0xde ? 2 : 4, 2);
  throw unreadable();
}

function container(bytes: Buffer, at: number, of: number, each: number): Head {
  return { skip: 1 + of, elements: numberAt(bytes, at + 1, of) * each };
}

function numberAt(bytes: Buffer, at: number, size: number): number {
  if (at + size > bytes.length) throw unreadable();
  return bytes.readUIntBE(at, size);
}

function unreadable(): ProtocolFault {
  return new ProtocolFault("Error reading MessagePack.");
}
