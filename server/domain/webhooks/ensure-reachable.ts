import ipaddr from "ipaddr.js";
import { DomainError } from "../../errors.ts";

/**
 * Refuses an address of which it is plain already that every try would be refused (`jobs/post-signed.ts`). What a name stands for is judged
 * when a try connects: it may change. Throws invalid.
 * @param field of the call, where the address is
 */
export function ensureReachable(address: string, allowPrivateNetworks: boolean, field: string): void {
  if (allowPrivateNetworks) return;
  const fault = faultOf(new URL(address));
  if (fault) throw new DomainError("invalid", { errors: { [field]: [fault] } });
}

function faultOf({ protocol, hostname }: URL): string | undefined {
  if (protocol !== "https:") return "must be an https address";
  const host = hostname.replace(/^\[|\]$/g, "");
  const isHere = /(^|\.)localhost\.?$/.test(host);
  const isPrivate = isHere || (ipaddr.isValid(host) && ipaddr.parse(host).range() !== "unicast");
  return isPrivate ? "must not be a private address" : undefined;
}
