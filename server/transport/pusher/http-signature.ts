import { createHash } from "node:crypto";
import { sameText } from "../../auth/mac.ts";
import { type PusherApp, pusherSignature } from "../../auth/pusher-app.ts";

/** A call as it came over the wire: nothing decoded but the query's values. */
export interface SignedCall {
  method: string;
  /** As received, without the query. */
  path: string;
  query: URLSearchParams;
  body: Buffer;
}

const windowSeconds = 600;

/** What is wrong with the signature of a call (protocols.md B10); undefined when nothing is. `now` in ms since 1970. */
export function signatureFault(app: Pick<PusherApp, "secret">, call: SignedCall, now: number): string | undefined {
  const { query, body } = call;
  if (query.get("auth_version") !== "1.0") return "auth_version must be 1.0";
  const timestamp = query.get("auth_timestamp") ?? "";
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1000 - Number(timestamp)) > windowSeconds)
    return `auth_timestamp is not within ${windowSeconds} seconds of the server's clock`;
  const md5 = createHash("md5").update(body).digest("hex");
  if (body.length > 0 && query.get("body_md5") !== md5) return "body_md5 is not that of the body";
  const given = query.get("auth_signature") ?? "";
  // SDKs sign a path before whatever sends it encodes it.
  const paths = [call.path, decodePath(call.path)];
  const right = paths.some((path) => sameText(given, signCall(app, { ...call, path })));
  return right ? undefined : "auth_signature is not valid";
}

/** The signature that a call should have: keys in lower case and sorted, values as they are, not escaped. */
export function signCall(
  { secret }: Pick<PusherApp, "secret">,
  { method, path, query }: Omit<SignedCall, "body">,
): string {
  const params = [...query]
    .map(([key, value]) => [key.toLowerCase(), value] as const)
    .filter(([key]) => key !== "auth_signature")
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]) => `${key}=${value}`);
  return pusherSignature(secret, `${method.toUpperCase()}\n${path}\n${params.join("&")}`);
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
