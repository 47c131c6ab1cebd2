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

const [ada, ben] = await Promise.all([tokenOf("ada"), tokenOf("ben")]);

// People talk in chats.
const chat = await call("POST", "/Chat", {
  token: ada,
  body: { name: "Lunch", memberUserIds: ["ben"] },
});
await call("POST", `/Chat/${chat.id}/messages`, {
  token: ada,
  body: { content: "Hello, Ben" },
});
const { data } = await call("GET", `/Chat/${chat.id}/messages`, { token: ben });
console.log(`ben reads: ${data[0].content}`);

// Your application tells them things.
const notification = {
  userId: "ben",
  subject: "Your table is ready",
  message: "Table 4, by the window.",
};
const { id } = await call("POST", "/Notifications", { body: notification });
const told = await call("GET", `/Notifications/${id}`, { token: ben });
console.log(`ben is told: ${told.subject}`);
