import { Api, tenantAddress } from "../api.ts";
import { toHeaderText } from "../header-text.ts";
import { TokenKeeper } from "../token-keeper.ts";
import { UsageError } from "./arguments.ts";

export interface Credentials {
  url?: string | undefined;
  tenant?: string | undefined;
  key?: string | undefined;
  token?: string | undefined;
  as?: string | undefined;
}

/** A tenant of a service, as whoever the options name. */
export interface Service {
  baseUrl: string;
  tenantId: string;
  api: Api;
  /** Of every call. */
  headers: Record<string, string>;
  /** The token, or one that the key makes for --as. Throws UsageError where there is neither. */
  userToken(): Promise<string>;
}

/** Options come before variables. Throws UsageError where something is missing. */
export function openService(given: Credentials): Service {
  const { PARLEY_URL, PARLEY_TENANT, PARLEY_API_KEY, PARLEY_TOKEN } = process.env;
  // The guides' programs call it by the longer name.
  const PARLEY_KEY = process.env.PARLEY_KEY || PARLEY_API_KEY;
  const baseUrl = (given.url ?? PARLEY_URL ?? "http://localhost:3000").replace(/\/+$/u, "");
  // Before a port without a scheme the host's name would be taken for one.
  if (!URL.canParse(baseUrl) || !/^https?:$/u.test(new URL(baseUrl).protocol))
    throw new UsageError(`${baseUrl} is no address: give one with http:// or https:// as --url or PARLEY_URL`);
  const tenantId = given.tenant ?? PARLEY_TENANT;
  if (!tenantId) throw new UsageError("Which tenant? Give --tenant or PARLEY_TENANT");
  // What is given by hand wins over what lies about: a key beside PARLEY_TOKEN is the key.
  const token = given.token ?? (given.key ? undefined : PARLEY_TOKEN);
  const key = given.key ?? (given.token ? undefined : PARLEY_KEY);
  if (!token && !key) throw new UsageError("Who calls? Give --key or PARLEY_KEY, or --token or PARLEY_TOKEN");
  const address = tenantAddress(baseUrl, tenantId);
  const { as } = given;
  if (as !== undefined && !key) throw new UsageError("--as is for calls with a key");
  const byKey = key !== undefined && (token === undefined || as !== undefined);
  const headers: Record<string, string> = byKey ? { "x-api-key": key ?? "" } : { authorization: `Bearer ${token}` };
  if (as !== undefined) headers["x-act-as-user"] = toHeaderText(as);
  return {
    baseUrl,
    tenantId,
    headers,
    api: byKey ? new Api({ address, headers }) : new Api({ address, tokens: new TokenKeeper(() => token ?? "") }),
    userToken: async () => {
      if (!byKey) return token ?? "";
      if (as === undefined) throw new UsageError("This is a user's: give --as with the key, or --token");
      const maker = new Api({ address, headers: { "x-api-key": key ?? "" } });
      const { body } = await maker.call("tokens.create", { userId: as }, { idempotencyKey: crypto.randomUUID() });
      return body.token;
    },
  };
}
