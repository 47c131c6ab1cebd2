import type { SeenCall } from "./api.ts";
import type { Storage } from "./storage.ts";
import type { GetToken } from "./token-keeper.ts";
import type { Transport } from "./transport.ts";
import type { LiveEvent } from "./types.ts";

export interface ParleyOptions {
  /** Where Parley runs, without a path. */
  baseUrl: string;
  tenantId: string;
  getToken: GetToken;
  /** The token's user; asked of the service unless given. */
  userId?: string;
  /** Keeps unsent messages over a reload; the browser's database unless told, `null` for none. */
  storage?: Storage | null;
  /** The first is preferred; the others are tried when it does not open. */
  transports?: readonly Transport[];
  onCall?: (call: SeenCall) => void;
  onEvent?: (event: LiveEvent) => void;
}
