import { uuidv4 } from "uuidv7";

/**
 * A key for what is to happen once, however often it is asked for: a random UUID (RFC 9562, version 4). A browser's own
 * `crypto.randomUUID` is there only where a page comes over https or from the same machine, and not on a local network.
 */
export function newKey(): string {
  return uuidv4();
}
