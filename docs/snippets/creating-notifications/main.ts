import { env } from "node:process";

const api = `${env.PARLEY_URL ?? "http://localhost:3000"}/tenant/${env.PARLEY_TENANT ?? "demo"}/v1`;

/** A call by your back end, with its key. Throws what the service refused. */
async function call(
  method: string,
  path: string,
  { body, idempotencyKey }: { body?: unknown; idempotencyKey?: string } = {},
) {
  const headers = {
    "x-api-key": env.PARLEY_API_KEY ?? "",
    ...(body ? { "content-type": "application/json" } : {}),
    ...(idempotencyKey ? { "idempotency-key": idempotencyKey } : {}),
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

// To one person. A repeat under the same Idempotency-Key within 24 hours gets the first answer.
const invoice = {
  userId: "ada",
  type: "Invoice",
  subject: "Your invoice is ready",
  message: "42.00 EUR, due on the first.",
  htmlContent: "<p><b>42.00 EUR</b>, due on the first.</p>",
  priority: "High",
  metadata: { invoice: "2026-118" },
};
const idempotencyKey = crypto.randomUUID();
const made = await call("POST", "/Notifications", { body: invoice, idempotencyKey });
const again = await call("POST", "/Notifications", { body: invoice, idempotencyKey });
console.log(`to ada: ${made.subject} (${made.priority})`);
console.log(`made twice, there once: ${made.id === again.id}`);

/** A send to many runs by itself; its progress can be read. It ends done, cancelled or failed. */
async function untilEnded(batch: { id: string }): Promise<string> {
  for (;;) {
    const { status, done, total } = await call(
      "GET",
      `/Notifications/batches/${batch.id}`,
    );
    if (!["scheduled", "running"].includes(status))
      return `${status}, ${done} of ${total}`;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// To many at once: a list of people, a topic, the members of a chat, or everyone.
const news = { subject: "New timetable", message: "From Monday on." };
const toTwo = await call("POST", "/Notifications/bulk", {
  body: { ...news, userIds: ["ada", "ben"] },
});
console.log(`to many: ${await untilEnded(toTwo)}`);

// A topic is a list of subscribers that the service keeps for you.
await call("PUT", "/admin/topics/timetable", { body: { name: "Timetable" } });
await call("POST", "/admin/topics/timetable/subscribers", { body: { userIds: ["ada"] } });
const toTopic = await call("POST", "/Notifications/bulk", {
  body: { ...news, topic: "timetable" },
});
console.log(`to a topic: ${await untilEnded(toTopic)}`);
