import { env } from "node:process";

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

const ada = await tokenOf("ada");
const news = { userId: "ada", subject: "Crossing delayed", message: "By ten minutes." };
const { id } = await call("POST", "/Notifications", { body: news });

// Read and unread are one call, which may be repeated.
const read = await call("PUT", `/Notifications/${id}/read`, { token: ada });
const unread = await call("PUT", `/Notifications/${id}/read?read=false`, { token: ada });
console.log(`read: ${read.isRead}, unread again: ${unread.isRead}`);

// What is archived has left the inbox and is found with ?archived=true.
const archived = await call("PUT", `/Notifications/${id}/archive`, { token: ada });
console.log(`archived: ${"archivedAt" in archived}`);

// Everything at once.
await call("PUT", "/Notifications/read-all", { token: ada });
const counters = await call("GET", "/counters", { token: ada });
console.log(`all read, left unread: ${counters.inbox.unread}`);

// Until its time a scheduled one can be changed and taken back.
const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const planned = await call("POST", "/Notifications", {
  body: { ...news, scheduledFor: at(1) },
});
const moved = await call("PATCH", `/Notifications/${planned.id}`, {
  body: { scheduledFor: at(2) },
});
console.log(`moved: ${moved.scheduledFor > planned.scheduledFor}`);
await call("DELETE", `/Notifications/${planned.id}`);
const { data } = await call("GET", "/Notifications?status=cancelled&pageSize=50");
console.log(
  `taken back: ${data.find((one: { id: string }) => one.id === planned.id).status}`,
);

// Deleting is for ever: what it said is gone from the log, too.
await call("DELETE", `/Notifications/${id}`, { token: ada });
const gone = await call("GET", `/Notifications/${id}`, { token: ada }).catch(String);
console.log(`deleted, then asked for: ${gone.split(": ")[1]}`);
