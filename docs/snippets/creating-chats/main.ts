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

// Whoever makes a chat is in it, and owns it.
const crew = await call("POST", "/Chat", {
  token: ada,
  body: { name: "Crew", memberUserIds: ["ben", "cleo"] },
});
console.log(`the crew has ${crew.memberCount} members`);

// Two people have one direct chat: asking again gets the same one.
const direct = { kind: "direct", memberUserIds: ["ben"] };
const first = await call("POST", "/Chat", { token: ada, body: direct });
const again = await call("POST", "/Chat", { token: ada, body: direct });
console.log(`one direct chat of two: ${first.id === again.id}`);

// The answer got lost? Send it again under the same clientMessageId and get the first answer.
const message = { content: "All aboard", clientMessageId: crypto.randomUUID() };
const sent = await call("POST", `/Chat/${crew.id}/messages`, {
  token: ada,
  body: message,
});
const repeated = await call("POST", `/Chat/${crew.id}/messages`, {
  token: ada,
  body: message,
});
console.log(`sent twice, stored once: ${sent.id === repeated.id}`);

const other = { ...message, content: "All ashore" };
const refused = await call("POST", `/Chat/${crew.id}/messages`, {
  token: ada,
  body: other,
}).catch(String);
console.log(`other words under the same id: ${refused.split(": ")[1]}`);
