import { env } from "node:process";
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

const api = `${env.PARLEY_URL ?? "http://localhost:3000"}/tenant/${env.PARLEY_TENANT ?? "demo"}/v1`;

/** A call by a person, whose token is given, or by your back end, with the key. Throws what the service refused. */
async function call(
  method: string,
  path: string,
  { token, body }: { token?: string; body?: unknown } = {},
) {
  const headers = {
    ...(token
      ? { authorization: `Bearer ${token}` }
      : { "x-api-key": env.PARLEY_API_KEY ?? "" }),
    ...(body ? { "content-type": "application/json" } : {}),
  };
  const response = await fetch(api + path, {
    method,
    headers,
    body: body ? JSON.stringify(body) : undefined,
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.code}: ${answer.detail ?? answer.title}`);
  return answer;
}

/** What your back end does when somebody signs in to your app. */
const tokenOf = async (userId: string): Promise<string> =>
  (await call("POST", "/tokens", { body: { userId } })).token;

const [ada, ben] = await Promise.all([tokenOf("ada"), tokenOf("ben")]);
const chat = await call("POST", "/Chat", {
  token: ada,
  body: { name: "Weather", memberUserIds: ["ben"] },
});
const say = (content: string) =>
  call("POST", `/Chat/${chat.id}/messages`, { token: ada, body: { content } });

// Ben's page keeps the id of the last event it has handled. Then it is away.
const { nextCursor } = await call("GET", "/events", { token: ben });
await say("Are you there?");
await say("It rains.");

// It comes back from there: first what it missed, then what happens, in order, without a gap or a repeat.
let last = nextCursor;
const address = () => `${api}/hub?payload=full&since=${last}`;
const hub = new HubConnectionBuilder()
  .withUrl(address(), { accessTokenFactory: () => ben })
  .withAutomaticReconnect()
  .configureLogging(LogLevel.Warning)
  .build();
hub.onreconnecting(() => {
  hub.baseUrl = address(); // a reconnect goes on from the last event, too
});
const heard = new Promise<void>((resolve) => {
  hub.on("MessagingEvent", ({ type, eventId, seq, payload }) => {
    if (eventId) last = eventId;
    if (type === "Resync") console.warn("Too long away: load the list anew.");
    if (type !== "Chat" || payload.chatId !== chat.id) return;
    console.log(`${seq < 3 ? "missed" : "live"} ${seq}: ${payload.content}`);
    if (seq === 2) say("Now you are.");
    if (seq === 3) resolve();
  });
});
await hub.start();
await heard;
await hub.stop();

// What was said before is a list: by pages, or by cursors (?limit=50&before=…), which stay put while messages arrive.
const page = await call("GET", `/Chat/${chat.id}/messages?pageNumber=1&pageSize=10`, {
  token: ben,
});
console.log(
  `newest first: ${page.data.map(({ seq }: { seq: number }) => seq).join(" ")}`,
);
