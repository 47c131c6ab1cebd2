import { env } from "node:process";

const api = `${env.PARLEY_URL ?? "http://localhost:3000"}/tenant/${env.PARLEY_TENANT ?? "demo"}/v1`;
const key = { "x-api-key": env.PARLEY_API_KEY ?? "" };

/** Posts with these credentials and says what came of it. */
async function post(path: string, credentials: Record<string, string>, body: unknown) {
  const headers = { ...credentials, "content-type": "application/json" };
  const response = await fetch(api + path, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  return {
    answer,
    outcome: response.ok ? `${response.status}` : `${response.status} ${answer.code}`,
  };
}

// Your back end vouches for a person who is signed in to your app. The token goes to the browser; the key never does.
const { answer } = await post("/tokens", key, { userId: "ada", expiresInSeconds: 3600 });
const ada = { authorization: `Bearer ${answer.token}` };
const chat = { name: "Who is who", memberUserIds: ["ben"] };
console.log(`ada, with her token: ${(await post("/Chat", ada, chat)).outcome}`);

// A key carries no user. Where a call is a user's, it names one.
console.log(
  `the key alone, for a user's call: ${(await post("/Chat", key, chat)).outcome}`,
);
const asAda = { ...key, "x-act-as-user": "ada" };
console.log(`the key, acting as ada: ${(await post("/Chat", asAda, chat)).outcome}`);

// What only your back end does: telling people things.
const notification = { userId: "ben", subject: "Hello", message: "From ada?" };
console.log(
  `ada, telling others things: ${(await post("/Notifications", ada, notification)).outcome}`,
);

// What is not signed by somebody you trust is nobody.
const forged = { authorization: `${ada.authorization.slice(0, -6)}forged` };
console.log(`a forged token: ${(await post("/Chat", forged, chat)).outcome}`);
console.log(
  `a key of elsewhere: ${(await post("/tokens", { "x-api-key": "not-one-of-yours" }, {})).outcome}`,
);
