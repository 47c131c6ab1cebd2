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

// Where her log is now. Then your back end tells her something.
let { nextCursor } = await call("GET", "/events", { token: ada });
await call("POST", "/Notifications", {
  body: {
    userId: "ada",
    type: "Parcel",
    subject: "Parcel at the desk",
    message: "Until six.",
  },
});

/** The next event; held open until there is one. Over SignalR the same comes by itself, as `type: "Message"`. */
async function next() {
  const { data, nextCursor: cursor } = await call(
    "GET",
    `/events?after=${nextCursor}&wait=25&limit=1`,
    { token: ada },
  );
  nextCursor = cursor;
  return data[0];
}

const created = await next();
console.log(`${created.type}: ${created.data.subject}`);

// What an event tells of can be fetched the moment it arrives.
const fetched = await call("GET", `/Notifications/${created.data.id}`, { token: ada });
console.log(`fetched by id: ${fetched.subject}`);

// The inbox is a list, newest first, with filters.
const { data } = await call("GET", "/Notifications?unreadOnly=true&type=Parcel", {
  token: ada,
});
console.log(`in the inbox, unread, of its type: ${data[0].id === fetched.id}`);

// Her other windows hear that she has read it.
await call("PUT", `/Notifications/${fetched.id}/read`, { token: ada });
const updated = await next();
console.log(`${updated.type}: read ${updated.data.isRead}`);
