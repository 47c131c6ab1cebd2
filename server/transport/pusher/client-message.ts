/** A frame of a client: `data` is whatever JSON it sent. */
export interface ClientMessage {
  event: string;
  channel: string | undefined;
  data: unknown;
}

/** What a client sent cannot be read; the message is for it. */
export class UnreadableFrame extends Error {
  override name = "UnreadableFrame";
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a frame. Throws UnreadableFrame. */
export function readMessage(bytes: Buffer): ClientMessage {
  let parsed: unknown;
  try {
    parsed = JSON.parse(utf8.decode(bytes));
  } catch {
    throw new UnreadableFrame("The frame is not JSON");
  }
  if (!isRecord(parsed) || typeof parsed.event !== "string" || parsed.event === "")
    throw new UnreadableFrame("The frame is not an object with an event");
  const { event, channel, data } = parsed;
  return { event, channel: typeof channel === "string" ? channel : undefined, data };
}

/** The text of a field of `data`; empty when it is none. */
export function textOf(data: unknown, field: string): string {
  const value = readObject(data)[field];
  return typeof value === "string" ? value : "";
}

/** `data` as an object: some libraries send it as a string that holds JSON. */
export function readObject(data: unknown): Record<string, unknown> {
  if (isRecord(data)) return data;
  if (typeof data !== "string") return {};
  try {
    const parsed: unknown = JSON.parse(data);
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
