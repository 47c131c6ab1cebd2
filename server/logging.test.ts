import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { consoleHeaders, makeOperator } from "./testing/console.ts";
import { RawHubClient, refusedUpgrade } from "./testing/hub-client.ts";
import { call, type Stack, startStack, type TestAnswer, type TestTenant, testSecret } from "./testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;
const lines: string[] = [];
const write = process.stdout.write;

beforeAll(async () => {
  process.stdout.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    lines.push(String(chunk));
    return write.call(process.stdout, chunk, ...rest);
  }) as typeof process.stdout.write;
  stack = await startStack({ logLevel: "trace" });
  tenant = await stack.tenant("acme");
});
afterAll(async () => {
  process.stdout.write = write;
  await stack.close();
});

test("a line a request, with its id and without any secret", async () => {
  const token = await tenant.token("ada");
  const answer = await call(`${tenant.url}/Chat?access_token=${token}`, "GET", undefined, {
    authorization: `Bearer ${token}`,
  });
  await call(`${tenant.url}/hub/negotiate?negotiateVersion=1&access_token=${token}`, "POST", undefined, {
    "x-api-key": tenant.primaryKey,
  });
  await expect.poll(() => lines.join("").includes("/hub/negotiate")).toBe(true);
  const line = lines
    .map((text) => text.trim())
    .find((text) => text.includes(answer.headers.get("x-request-id") ?? "no id") && text.includes("answered"));
  expect(JSON.parse(line ?? "{}")).toMatchObject({
    tenantId: "acme",
    status: 200,
    req: { method: "GET", path: "/tenant/acme/v1/Chat" },
  });
  expect(lines.join("")).not.toContain(token);
  expect(lines.join("")).not.toContain(tenant.primaryKey);
});

/** Told apart from everything else by how it begins, so that a part of it is found too. */
const mark = "s3cr3t-";
const made = () => `${mark}${randomUUID()}${randomUUID()}`;

test("whatever a call carries, and whether it goes well, is refused or fails: no secret of it", async () => {
  const known = [tenant.primaryKey, tenant.secondaryKey];
  const keep = (secret: string | undefined): string => {
    expect(secret).toMatch(/^.{16,}$/);
    known.push(secret ?? "");
    return secret ?? "";
  };
  const admin = tenant.key();
  const begun = lines.length;
  const ids: string[] = [];
  const tell = async (status: number, call: Promise<TestAnswer>): Promise<Record<string, string>> => {
    const answer = await call;
    ids.push(answer.headers.get("x-request-id") ?? "none");
    expect(answer).toMatchObject({ status });
    return answer.body as Record<string, string>;
  };

  // What operations are told, and what they answer once.
  const issuer = (name: string, extra = {}) =>
    admin("POST", "/admin/issuers", { name, kind: "hs256", secret: made(), ...extra });
  await tell(201, issuer("ours"));
  await tell(400, issuer("of no kind", { kind: made() }));
  await tell(400, admin("POST", "/admin/issuers", `{"name": "cut off", "secret": "${made()}`));
  keep((await tell(201, admin("POST", "/admin/webhooks", { url: "https://example.com/" }))).secret);
  await tell(400, admin("POST", "/admin/webhooks", { url: `https://ada:${made()}@example.com/` }));
  await tell(200, admin("PATCH", "/admin/mail/settings", { host: "127.0.0.1", username: "u", password: made() }));
  keep((await tell(201, admin("POST", "/admin/api-keys", { name: "named", scopes: ["admin"] }))).key);
  keep((await tell(200, admin("GET", "/admin/pusher"))).secret);
  const token = keep((await tell(201, admin("POST", "/tokens", { userId: "ada" }))).token);

  // Credentials that are none, in every place there is for them.
  const bad = `${mark}${randomUUID()}`;
  const nowhere: Record<string, string>[] = [
    { authorization: `Bearer ${bad}` },
    { "x-api-key": bad },
    { cookie: `parley.session=${bad}` },
  ];
  for (const headers of nowhere) await tell(401, call(`${tenant.url}/Chat`, "GET", undefined, headers));
  for (const path of ["Chat", "events", "hub/negotiate"])
    await fetch(`${tenant.url}/${path}?access_token=${bad}`, { method: path === "hub/negotiate" ? "POST" : "GET" });
  const browser = { origin: stack.config.baseUrl };
  const person = { email: "olga@example.com", password: made(), tenant: "olgas", tenantName: "Olga's" };
  await tell(201, call(`${stack.url}/api/console/sign-up`, "POST", person, browser));
  await call(`${stack.url}/api/console/sessions`, "POST", { email: person.email, password: made() }, browser);
  await call(`${stack.url}/api/console/password-reset/finish`, "POST", { token: made(), password: made() }, browser);
  const operator = await makeOperator(stack.api.services.db, testSecret, undefined);
  keep(operator.session);
  await tell(200, call(`${stack.url}/api/console/account`, "GET", undefined, consoleHeaders(operator.session)));

  // Good ones in addresses, on every protocol, and frames that cannot be read.
  const stream = await fetch(`${tenant.url}/events?access_token=${token}`, {
    headers: { accept: "text/event-stream" },
  });
  await stream.body?.cancel();
  const params = encodeURIComponent(JSON.stringify({ tenantId: "acme", token }));
  const subscribed = await fetch(`${stack.url}/api/trpc/events.subscribe?connectionParams=${params}`);
  await subscribed.body?.cancel();
  const hub = await RawHubClient.open(`${tenant.url}/hub?access_token=${token}`, token);
  hub.send({ type: 1, invocationId: "1", target: made(), arguments: [made()] });
  hub.sendRaw(`{"type": 1, "${made()}\u001e`);
  await hub.closed;
  const negotiated = await call<{ connectionToken: string }>(
    `${tenant.url}/hub/negotiate?negotiateVersion=1`,
    "POST",
    undefined,
    { authorization: `Bearer ${token}` },
  );
  keep(negotiated.body.connectionToken);
  await refusedUpgrade(`${tenant.url}/hub?id=${negotiated.body.connectionToken}&access_token=${bad}`);

  // What fails: the database refuses the row, which its message then shows.
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  for (const table of ["issuers", "api_keys", "webhook_endpoints", "mail_settings", "persons"])
    await owner.query(`alter table ${table} add constraint broken check (false) not valid`);
  await owner.end();
  await tell(500, issuer("fails"));
  await tell(500, admin("POST", "/admin/webhooks", { url: `https://example.com/?key=${made()}` }));
  await tell(500, admin("POST", "/admin/api-keys", { name: "fails", scopes: ["admin"] }));
  await tell(500, admin("PATCH", "/admin/mail/settings", { password: made() }));
  await tell(
    500,
    call(`${stack.url}/api/console/sign-up`, "POST", { ...person, email: "b@example.com", tenant: "bs" }, browser),
  );

  const log = () => lines.slice(begun).join("");
  await expect.poll(() => ids.filter((id) => !log().includes(id))).toEqual([]);
  for (const line of lines.slice(begun)) expect(line).not.toContain(mark);
  for (const secret of known) expect(log()).not.toContain(secret);
});
