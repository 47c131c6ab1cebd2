import { createHash, createHmac } from "node:crypto";
import { env } from "node:process";

const url = env.PARLEY_URL ?? "http://localhost:3000";
const tenant = env.PARLEY_TENANT ?? "demo";

// Your tenant as a Pusher app. A server SDK takes appId, key and secret; this is what it does with them.
const answer = await fetch(`${url}/tenant/${tenant}/v1/admin/pusher`, {
  headers: { "x-api-key": env.PARLEY_API_KEY ?? "" },
});
const { appId, key, secret } = await answer.json();

/** Triggers an event by Pusher's HTTP API: the query is signed, and holds a hash of the body. */
async function trigger(event: unknown, signedWith: string): Promise<number> {
  const path = `/apps/${appId}/events`;
  const body = JSON.stringify(event);
  const query = [
    `auth_key=${key}`,
    `auth_timestamp=${Math.floor(Date.now() / 1000)}`,
    "auth_version=1.0",
    `body_md5=${createHash("md5").update(body).digest("hex")}`,
  ].join("&");
  const signature = createHmac("sha256", signedWith)
    .update(`POST\n${path}\n${query}`)
    .digest("hex");
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}${path}?${query}&auth_signature=${signature}`, {
    method: "POST",
    headers,
    body,
  });
  return response.status;
}

const event = {
  name: "order-ready",
  channels: ["orders"],
  data: JSON.stringify({ table: 4 }),
};
console.log(`triggered: ${await trigger(event, secret)}`);
console.log(`a wrong signature: ${await trigger(event, "guessed")}`);
