import { Api, nextOf, tenantAddress } from "../api.ts";
import { ParleyError } from "../parley-error.ts";
import { TokenKeeper, userOf } from "../token-keeper.ts";
import type { LiveEvent } from "../types.ts";
import { need } from "./need.ts";
import { newestOf, pause, type Tail } from "./tail-place.ts";

/** The same event comes on the user's own channel and on a chat's: so many are remembered. */
const REMEMBERED = 1_000;

type Answer = (error: Error | null, answer: unknown) => void;
type Said = LiveEvent & { eventId?: string };

/**
 * The reserved channels, by the stock pusher-js: the user's own, and one a chat. It comes back by itself, on each channel from the last
 * event that it has of it.
 */
export async function tailPusher({ service, after, chatId, signal, onEvent, onResync }: Tail): Promise<void> {
  const { default: Pusher } = await need("pusher-js", () => import("pusher-js"));
  // A tail may outlive many tokens.
  const tokens = new TokenKeeper(() => service.userToken());
  const address = tenantAddress(service.baseUrl, service.tenantId);
  const api = new Api({ address, tokens });
  const since = new Map<string, string>();
  const me = (await api.call("chats.list", { limit: 1 })).userId ?? userOf(await tokens.current());
  const own = `private-user-${me}`;
  const begun = after ?? (await newestOf(api));
  // All that has to be asked for, before there is anything that could be cut off; a chat that comes meanwhile is told of since then.
  const chats = chatId ? [chatId] : await chatsOf(api);
  /** Answers nothing for a socket that is gone: the next one asks for itself, and would be refused what is not for it. */
  const authorize = async (socketId: string, channel: string, answer: Answer) => {
    const body = { socket_id: socketId, channel_name: channel, since: since.get(channel) ?? begun };
    const isCurrent = () => client.connection.socket_id === socketId;
    while (isCurrent())
      try {
        const { body: auth } = await api.call("pusherApps.authorizeChannel", body);
        if (isCurrent()) answer(null, auth);
        return;
      } catch (error) {
        // A service that is just starting, or has too much to do, is asked again: the stock client does not.
        if (!signal.aborted && (!(error instanceof ParleyError) || error.passing)) await pause(signal);
        else if (isCurrent()) return answer(error as Error, null);
      }
  };
  const { hostname, port, protocol } = new URL(service.baseUrl);
  const tls = protocol === "https:";
  const number = Number(port || (tls ? 443 : 80));
  const client = new Pusher(await findKey(api), {
    ...{ cluster: "x", wsHost: hostname, wsPort: number, wssPort: number, forceTLS: tls },
    enabledTransports: ["ws", "wss"],
    channelAuthorization: {
      customHandler: ({ socketId, channelName }: { socketId: string; channelName: string }, answer: Answer) =>
        void authorize(socketId, channelName, answer),
    } as never,
  });
  const seen = new Set<string>();
  let fail: (error: Error) => void = () => {};
  /** The user is out of a chat, which ends its channel; without any other channel that is the end of all. */
  const refused = (channel: string, { error, status = 0 }: { error?: string; status?: number }) => {
    client.unsubscribe(channel);
    if (channel === own || chatId) fail(new ParleyError(status, { detail: error ?? "", code: "subscription_refused" }));
  };
  const listen = (channel: string) => {
    if (client.channel(channel)) return;
    client.subscribe(channel).bind_global((name: string, said: Said) => {
      if (name === "pusher:subscription_error") return refused(channel, said as object);
      if (said?.eventId) since.set(channel, said.eventId);
      if (name === "parley:resync") onResync(said.eventId ?? "");
      if (name.includes(":") || !isNews(seen, said)) return;
      onEvent(said);
      if (said.type === "chat.created" || said.type === "member.added") follow(said);
    });
  };
  const follow = ({ chatId: chat, data, eventId }: Said) => {
    if (!chat || chatId || (data.userId !== undefined && data.userId !== me)) return;
    if (eventId) since.set(`private-chat-${chat}`, eventId);
    listen(`private-chat-${chat}`);
  };
  listen(own);
  for (const chat of chats) listen(`private-chat-${chat}`);
  await new Promise<void>((resolve, reject) => {
    fail = reject;
    client.connection.bind("failed", () => reject(new Error("No connection can be made")));
    // The codes that say not to come back end the client.
    client.connection.bind("disconnected", resolve);
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  }).finally(() => client.disconnect());
}

function isNews(seen: Set<string>, { eventId }: Said): boolean {
  if (eventId === undefined) return true; // typing and the like
  if (seen.has(eventId)) return false;
  seen.add(eventId);
  if (seen.size > REMEMBERED) for (const first of seen) return seen.delete(first);
  return true;
}

/** The public key of the tenant's app. */
async function findKey(api: Api): Promise<string> {
  const { body } = await api.call("pusherApps.authorizeUser", { socket_id: "1.1" });
  return body.auth.split(":")[0] ?? "";
}

async function chatsOf(api: Api): Promise<string[]> {
  const ids: string[] = [];
  for (let before: string | null | undefined; before !== null; ) {
    const { body } = await api.call("chats.list", { limit: 200, ...(before ? { before } : {}) });
    ids.push(...body.data.map(({ id }) => id));
    before = nextOf(body);
  }
  return ids;
}
