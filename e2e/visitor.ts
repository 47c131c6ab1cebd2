import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { urlToHttpOptions } from "node:url";

/** A GET from one of this machine's own addresses. */
export async function look(address: string, localAddress: string): Promise<number | undefined> {
  const { hostname: _, ...url } = urlToHttpOptions(new URL(address));
  const asking = get({ ...url, hostname: "127.0.0.1", localAddress });
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
