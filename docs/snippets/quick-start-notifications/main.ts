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

// Your back end tells a person something. Nobody has to be registered first.
const { id } = await call("POST", "/Notifications", {
  body: {
    userId: "ada",
    type: "OrderShipped",
    subject: "Your order is on its way",
    message: "It arrives on Thursday.",
  },
});

// Her page shows her inbox, newest first, and marks what she opens as read.
const ada = await tokenOf("ada");
const inbox = await call("GET", "/Notifications?pageSize=20", { token: ada });
const shown = inbox.data.find((notification: { id: string }) => notification.id === id);
console.log(`ada is told: ${shown.subject}`);
console.log(`read before: ${shown.isRead}`);
const opened = await call("PUT", `/Notifications/${id}/read`, { token: ada });
console.log(`read after: ${opened.isRead}`);
