import { lookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import { fault } from "./smtp.ts";

/** A name as it is: whoever connects looks it up. */
export async function asNamed(host: string): Promise<string[]> {
  return [host];
}

/** All addresses of a name, if none of them is of a private network. Throws an SmtpFault. */
export async function publicAddresses(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true }).catch((error: Error) => {
    throw fault("EDNS", `${host} is not found: ${error.message}`);
  });
  for (const { address } of found)
    if (ipaddr.process(address).range() !== "unicast")
      throw fault("ESOCKET", `${host} is at ${address}, which is no public address`);
  return found.map(({ address }) => address);
}
