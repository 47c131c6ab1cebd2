import { createHmac } from "node:crypto";
import { sameText } from "./auth/mac.ts";
import { deriveKey } from "./config/secrets.ts";

/** On a request that is handed to the pages, and on what they in turn ask the api for it. */
export const visitorHeader = "x-parley-visitor";

export interface VisitorSeal {
  /** What the pages are given to pass on. */
  seal(address: string): string;
  /** The address; undefined for what was not sealed here. */
  open(sealed: string): string | undefined;
}

/**
 * Pages ask the api from this machine's own address. So that each visitor has a rate of their own, the api gives the pages the
 * visitor's address under a seal that nobody outside can make, and they hand it back with what they ask. Every node of an
 * installation has the same seal.
 */
export function visitorSeal(authSecret: string): VisitorSeal {
  const key = deriveKey(authSecret, "visitor-address");
  const macOf = (address: string) => createHmac("sha256", key).update(address).digest("base64url");
  return {
    seal: (address) => `${address} ${macOf(address)}`,
    open: (sealed) => {
      const [address = "", mac = ""] = sealed.split(" ");
      return sameText(mac, macOf(address)) ? address : undefined;
    },
  };
}
