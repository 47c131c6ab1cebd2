import { expect, test } from "vitest";
import { FetchFault, fetchJson } from "./fetch-json.ts";

test.each([`https://${"漢".repeat(301)}.example/`, "no address"])(
  "what cannot be an address is not asked",
  async (address) => {
    await expect(fetchJson(address, { allowPrivateNetworks: true })).rejects.toBeInstanceOf(FetchFault);
  },
);
