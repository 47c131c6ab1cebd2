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

// OpenAPI 3.1 of every operation.
const openapi = await (await fetch(new URL("/openapi.json", api))).json();
console.log(`OpenAPI ${openapi.openapi}`);

// Idempotency-Key: the repeat gets the first answer, and says so.
const ada = await tokenOf("ada");
const headers = { authorization: `Bearer ${ada}`, "content-type": "application/json" };
const once = { ...headers, "idempotency-key": crypto.randomUUID() };
const create = () =>
  fetch(`${api}/Chat`, { method: "POST", headers: once, body: '{"name": "Once"}' });
const chat = await (await create()).json();
console.log(`replayed: ${(await create()).headers.get("idempotent-replayed")}`);

// RFC 9457: every refusal is a problem document with a stable code.
const refused = await fetch(`${api}/Chat/${chat.id}/messages`, {
  method: "POST",
  headers,
  body: "{}",
});
const { status, code } = await refused.json();
console.log(
  `a problem: ${status} ${code}, ${refused.headers.get("content-type")?.split(";")[0]}`,
);

// Server-sent events (HTML Standard, 9.2), resumed by Last-Event-ID.
const { nextCursor } = await call("GET", "/events", { token: ada });
await call("POST", `/Chat/${chat.id}/messages`, {
  token: ada,
  body: { content: "To whom it concerns" },
});
const stream = await fetch(`${api}/events`, {
  headers: { ...headers, accept: "text/event-stream", "last-event-id": nextCursor },
});
let text = "";
for await (const chunk of stream.body ?? []) {
  text += new TextDecoder().decode(chunk);
  const event = /^data: ?(.+)\n/m.exec(text)?.[1];
  if (event === undefined) continue;
  console.log(`an event stream: ${JSON.parse(event).type}`);
  break;
}
