import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";

/** What stands in front of us: so many proxies, or those at these addresses (`10.0.0.0/8`). Zero: nothing does. */
export type ProxySetting = number | string[];

/** Whether the sender at an address, so many hops away from us, says truly for whom it speaks. */
export type TrustProxy = (address: string, hop: number) => boolean;

/** Throws for what is no address and no range. */
export function trustOf(setting: ProxySetting): TrustProxy {
  if (typeof setting === "number") return (_address, hop) => hop < setting;
  const ranges = setting.map(readRange);
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return ranges.some((range) => range[0].kind() === address.kind() && address.match(range));
  };
}

function readRange(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (text.includes("/")) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/**
 * The caller's address: of the nearest sender whose word about the one behind it is not taken. What a client writes into
 * X-Forwarded-For itself stands behind its own address, and is never reached. Fastify's `request.ip` goes by the same rule.
 */
export function clientAddress(
  { socket, headers }: Pick<IncomingMessage, "socket" | "headers">,
  trust: TrustProxy,
): string {
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const senders = [...forwarded.map((part) => part.trim()).filter(Boolean), socket.remoteAddress ?? ""].reverse();
  const hop = senders.findIndex((address, index) => index === senders.length - 1 || !trust(address, index));
  return senders[hop] ?? "";
}

/**
 * Whom an address counts as where callers are counted by address: an IPv4 address itself, of IPv6 the /64 around it, which is the least
 * that one household or machine is given and may take any address of. Any other text is itself.
 */
export function networkOf(text: string): string {
  if (!text.includes(":") || !ipaddr.isValid(text)) return text;
  const address = ipaddr.process(text);
  if (address.kind() === "ipv4") return address.toString();
  const { parts } = address as ipaddr.IPv6;
  return `${parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":")}::/64`;
}
