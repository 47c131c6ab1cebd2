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
const chat = await call("POST", "/Chat", {
  token: ada,
  body: { name: "Deck", memberUserIds: ["ben"] },
});
const members = `/Chat/${chat.id}/members`;

// Any member adds others, unless the chat is moderated. Who is there already stays as they are.
const { added } = await call("POST", members, {
  token: ada,
  body: { userIds: ["ben", "cleo"] },
});
console.log(`added: ${added.join(" ")}`);

// Its owner gives roles.
const cleo = await call("PATCH", `${members}/cleo`, {
  token: ada,
  body: { role: "moderator" },
});
console.log(`cleo is a ${cleo.role}`);

// The plain list is of ids; with ?expand=true it has roles, names and read positions.
const { data } = await call("GET", members, { token: ben });
console.log(`members: ${data.sort().join(" ")}`);

// Owner and moderators mute a member until a time. A time in the past ends it.
const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
await call("PATCH", `${members}/ben`, { token: ada, body: { mutedUntil: inAnHour } });
const refused = await call("POST", `/Chat/${chat.id}/messages`, {
  token: ben,
  body: { content: "Hm" },
}).catch(String);
console.log(`ben, muted, may not write: ${refused.split(": ")[1]}`);

// To leave, remove yourself. From then on the chat is not there for you, and no event of it reaches you.
await call("DELETE", `${members}/ben`, { token: ben });
const { memberCount } = await call("GET", `/Chat/${chat.id}`, { token: ada });
console.log(`after ben left: ${memberCount} members`);
