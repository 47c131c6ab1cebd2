import { env } from "node:process";

const api = `${env.PARLEY_URL ?? "http://localhost:3000"}/tenant/${env.PARLEY_TENANT ?? "demo"}/v1`;

/**
 * A call that may be repeated: it carries a key of its own, and waits where the service asks to. What is left of refusals is
 * for whoever calls to decide by `code`.
 */
async function post(path: string, body: unknown) {
  const headers = {
    "x-api-key": env.PARLEY_API_KEY ?? "",
    "x-act-as-user": "ada",
    "content-type": "application/json",
    "idempotency-key": crypto.randomUUID(),
  };
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(api + path, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    if (![429, 503].includes(response.status) || attempt === 5) return response.json();
    const seconds = Number(response.headers.get("retry-after") ?? attempt);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

const chat = await post("/Chat", { name: "Errors" });

// 400 says which field, and why.
const invalid = await post(`/Chat/${chat.id}/messages`, { content: "" });
console.log(
  `refused: ${invalid.status} ${invalid.code}, because of ${Object.keys(invalid.errors)}`,
);

// What you may not see and what is not there are answered alike.
const nowhere = await post("/Chat/no-such-chat/messages", { content: "Hello?" });
console.log(`refused: ${nowhere.status} ${nowhere.code}`);

// Each names its request, for whoever looks into the log, and its page.
console.log(
  `both can be looked up: ${[invalid, nowhere].every(({ requestId, type }) => requestId && type)}`,
);
