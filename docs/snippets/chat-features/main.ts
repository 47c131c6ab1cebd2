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
  body: { name: "Ferry", memberUserIds: ["ben"] },
});
const messages = `/Chat/${chat.id}/messages`;

// A mention is for its member alone, who finds it in /counters.
const asked = { content: "Ferry at nine?", mentionUserIds: ["ben"] };
const question = await call("POST", messages, { token: ada, body: asked });
console.log(`ada asks: ${question.content}`);

// A reply names what it answers. An edit keeps what was said before.
const answer = await call("POST", messages, {
  token: ben,
  body: { content: "Yes, at ten.", replyToId: question.id },
});
const edited = await call("PATCH", `${messages}/${answer.id}`, {
  token: ben,
  body: { content: "Yes, at nine. I have the tickets." },
});
console.log(`ben answers it: ${edited.content}`);
const { data: edits } = await call("GET", `${messages}/${answer.id}/edits`, {
  token: ada,
});
console.log(`said before: ${edits[0].content}`);

// What is deleted leaves its place and its number, and nothing of its text.
const slip = await call("POST", messages, {
  token: ben,
  body: { content: "Wrong window" },
});
const tombstone = await call("DELETE", `${messages}/${slip.id}`, { token: ben });
console.log(`left of the slip: "${tombstone.content}"`);

// Reading is a position in the chat.
const read = await call("PUT", `/Chat/${chat.id}/read`, {
  token: ada,
  body: { seq: tombstone.seq },
});
console.log(`unread for ada: ${read.unreadCount}`);
