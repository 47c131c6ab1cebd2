/**
 * A key for what is to happen once, however often it is asked for: a random UUID (RFC 9562, version 4). A browser's own
 * `crypto.randomUUID` is there only where a page comes over https or from the same machine, and not on a local network; React Native has no
 * `crypto` at all, and a key is no secret.
 */
export function newKey(): string {
  const random =
    typeof crypto === "undefined"
      ? Uint8Array.from({ length: 16 }, () => Math.random() * 256)
      : crypto.getRandomValues(new Uint8Array(16));
  const bytes = new DataView(random.buffer);
  bytes.setUint8(6, (bytes.getUint8(6) & 0x0f) | 0x40); // version 4
  bytes.setUint8(8, (bytes.getUint8(8) & 0x3f) | 0x80); // of the RFC's kind
  const hex = Array.from(new Uint8Array(bytes.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/u, "$1-$2-$3-$4-");
}
