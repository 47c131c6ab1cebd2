/**
 * A key for what is to happen once, however often it is asked for: a random UUID (RFC 9562, version 4). A browser's own
 * `crypto.randomUUID` is there only where a page comes over https or from the same machine, and not on a local network; React Native has no
 * `crypto` at all, and a key is no secret.
 */
export function newKey(): string {
  const random =
    typeof crypto === "undefined" ? () => Math.random() * 16 : () => crypto.getRandomValues(new Uint8Array(1))[0] ?? 0;
  // Of an 8, by which the RFC's kind is told, the upper half stays; the version is no digit that changes.
  const digit = (place: string) => (Number(place) ^ (random() & (15 >> (Number(place) / 4)))).toString(16);
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/gu, digit);
}
