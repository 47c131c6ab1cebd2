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

// Now, and as important as it is.
const gate = await call("POST", "/Notifications", {
  body: {
    userId: "ada",
    type: "GateChange",
    subject: "Gate changed to B4",
    message: "Boarding at 18:20.",
    priority: "Urgent",
    metadata: { flight: "LF 204" },
  },
});
console.log(`now: ${gate.subject} (${gate.priority})`);

// Later: until then it is in no inbox and causes no event. Until then it can be taken back, too.
const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
const boarding = await call("POST", "/Notifications", {
  body: {
    userId: "ada",
    subject: "Boarding soon",
    message: "Gate B4.",
    scheduledFor: inAnHour,
  },
});
console.log(`later: ${boarding.subject} (${boarding.status})`);
await call("DELETE", `/Notifications/${boarding.id}`);

// Its owner sends it away for a while, or files it.
const snoozed = await call("PUT", `/Notifications/${gate.id}/snooze`, {
  token: ada,
  body: { until: inAnHour },
});
console.log(`snoozed: ${"snoozedUntil" in snoozed}`);
const archived = await call("PUT", `/Notifications/${gate.id}/archive`, { token: ada });
console.log(`archived: ${"archivedAt" in archived}`);
