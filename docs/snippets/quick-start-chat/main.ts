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
  body: { name: "First try", memberUserIds: ["ben"] },
});

// Ben's page listens. An event says what there is; the page fetches it.
const hub = new HubConnectionBuilder()
  .withUrl(`${api}/hub?clientId=${crypto.randomUUID()}`, {
    accessTokenFactory: () => ben,
  })
  .withAutomaticReconnect()
  .configureLogging(LogLevel.Warning)
  .build();
const heard = new Promise<void>((resolve) => {
  hub.on("MessagingEvent", async (event) => {
    if (event.type !== "Chat" || event.parentId !== chat.id) return;
    const message = await call("GET", `/Chat/${event.parentId}/messages/${event.id}`, {
      token: ben,
    });
    console.log(`ben hears: ${message.content}`);
    resolve();
  });
});
await hub.start();

// Ada's page sends.
await call("POST", `/Chat/${chat.id}/messages`, {
  token: ada,
  body: { content: "Hello, Ben" },
});
await heard;
await hub.stop();
