import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { verifiers } from "../../../components/console/webhooks/verifiers.ts";
import type { PresentedDelivery } from "../../domain/webhooks/schema.ts";
import type { Envelope } from "../../events.ts";
import { certificates } from "../../testing/certificates.ts";
import { Owner } from "../../testing/chaos/owner.ts";
import { makeOperator } from "../../testing/console.ts";
import { freePort } from "../../testing/free-port.ts";
import { eventually } from "../../testing/hub-client.ts";
import { type MailServer, startMailServer } from "../../testing/mail-server.ts";
import { configFor, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { openReceiver, type Received, type Receiver } from "../../testing/webhook-receiver.ts";
import { startWorker } from "../worker.ts";

// What is left to do at both ends: choose what is replayed, read why nothing gets through, be told by mail, verify what comes.

let stack: Stack;
let acme: TestTenant;
let sink: Receiver;
let mails: MailServer;
let worker: { close(): Promise<void> };

beforeAll(async () => {
  [stack, sink, mails] = await Promise.all([startStack(), openReceiver(), startMailServer()]);
  acme = await stack.tenant("acme");
  const config = configFor(stack.database, { mail: { url: mails.url, from: "Parley <parley@chat.example>" } });
  worker = await startWorker(config, { look: 50, webhooks: { delays: [50] } });
});
afterAll(async () => {
  await worker.close();
  await Promise.all([sink.close(), mails.close()]);
  await stack.close();
});

const listen = async (url: string, choices: object = {}) =>
  (await acme.key()<{ id: string; secret: string }>("POST", "/admin/webhooks", { url, ...choices })).body;
const deliveries = async (id: string) =>
  (await acme.key()<{ data: PresentedDelivery[] }>("GET", `/admin/webhooks/${id}/deliveries?limit=200`)).body.data;
const drop = (id: string) => acme.key()("DELETE", `/admin/webhooks/${id}`);
const makeChat = async () => (await acme.as("ada")<{ id: string }>("POST", "/Chat", { name: "Crew" })).body.id;
const say = (chatId: string, content: string) => acme.as("ada")("POST", `/Chat/${chatId}/messages`, { content });

test("a replay takes what lies between two events or two times, of the types and in the status that are asked for, and no more", async () => {
  const chatId = await makeChat();
  const { nextCursor: after } = (await acme.key()<{ nextCursor: string }>("GET", "/events")).body;
  for (const n of [1, 2, 3, 4, 5]) await say(chatId, `n ${n}`);
  await acme.as("ada")("PATCH", `/Chat/${chatId}`, { name: "Renamed" });
  const log = (await acme.key()<{ data: Envelope[] }>("GET", `/events?after=${after}`)).body.data;
  const [, second, , fourth] = log;
  let refuse = true;
  sink.answer("/range", ({ body }) => ({ status: refuse && body.data.content === "n 4" ? 500 : 204 }));
  const { id } = await listen(`${sink.url}/range`);
  /** Replays, and answers what came of it. */
  const replayed = async (range: object): Promise<unknown[]> => {
    const before = sink.of("/range").length;
    const { body } = await acme.key()<{ count: number }>("POST", `/admin/webhooks/${id}/replay`, range);
    await eventually(async () => {
      expect(new Set((await deliveries(id)).map(({ status }) => status))).not.toContain("queued");
    });
    const got = sink.of("/range").slice(before);
    expect(new Set(got.map((one) => one.id)).size).toBe(body.count);
    return got.map((one) => one.id);
  };
  const idsOf = (events: Envelope[]) => events.map(({ eventId }) => eventId).toSorted();
  expect((await replayed({ after: second?.eventId, upto: fourth?.eventId })).length).toBe(3); // the fourth twice: it is refused
  const failed = (await deliveries(id)).filter(({ status }) => status === "failed");
  expect(failed).toMatchObject([{ type: "message.created", detail: "It answered 500" }]);
  refuse = false;
  expect(await replayed({ after, status: "failed" })).toEqual([fourth?.eventId]);
  expect(await replayed({ after, status: "failed" })).toEqual([]);
  const [since = "", until = ""] = [second?.at, fourth?.at];
  expect((await replayed({ since, until })).toSorted()).toEqual(
    idsOf(log.filter(({ at }) => at >= since && at < until)),
  );
  expect(await replayed({ after, types: ["chat.updated"] })).toEqual(
    idsOf(log.filter(({ type }) => type === "chat.updated")),
  );
  await drop(id);
});

test("a replay of what lies between two times does not begin at the oldest that is kept", async () => {
  const old = await stack.tenant("old");
  const made = await old.key()<{ id: string }>("POST", "/admin/webhooks", { url: sink.url, types: ["chat.updated"] });
  const begin = Date.now() - 10 * 86_400_000; // within what is kept
  const minute = (n: number) => new Date(begin + n * 60_000).toISOString();
  const owner = await Owner.open(stack.database.ownerUrl); // the worker shall queue none: that is not replayed
  await owner.client.query(`with log as (
      update tenant_log set position = position + 12000 where tenant_id = 'old' returning position - 12000 as before),
      later as (update webhook_endpoints set from_position = before + 12000 from log where tenant_id = 'old')
    insert into events (tenant_id, position, type, payload, at)
      select 'old', before + n, 'chat.updated', '{}', '${minute(0)}'::timestamptz + n * interval '1 minute'
      from log, generate_series(1, 12000) n`);
  await owner.close();
  const counted = async (range: object) =>
    (await old.key()("POST", `/admin/webhooks/${made.body.id}/replay`, { ...range, dryRun: true })).body;
  const all = await counted({ since: "0001-01-01T00:00:00Z", until: "9999-12-31T23:59:59Z" });
  expect(all).toMatchObject({ nextCursor: expect.any(String) });
  expect(await counted({ since: minute(11000), until: minute(11010) })).toEqual({ count: 10, nextCursor: null });
  expect(await counted({ since: minute(11991) })).toEqual({ count: 10, nextCursor: null });
  expect(await counted({ until: minute(3) })).toEqual({ count: 2, nextCursor: null });
  for (const none of [{ since: minute(12001) }, { until: minute(0) }])
    expect(await counted(none)).toMatchObject({ count: 0 });
});

test("any 2xx is success; every other status is not, nor is none within 10 s", async () => {
  /** Sends a sample to an endpoint that answers so, or not at all. Answers what became of it. */
  const endOf = async (status?: number) => {
    const path = `/answers-${status}`;
    sink.answer(path, () => (status === undefined ? undefined : { status }));
    const { id } = await listen(`${sink.url}${path}`);
    await acme.key()("POST", `/admin/webhooks/${id}/sample`, { type: "ping" });
    let end: PresentedDelivery | undefined;
    await eventually(async () => {
      [end] = await deliveries(id);
      expect(end?.status).not.toBe("queued");
    });
    expect(sink.of(path)[0]?.id).toMatch(/^sample_/);
    await drop(id);
    return end?.status === "failed" ? end.detail : end?.status;
  };
  expect(await Promise.all([200, 201, 202, 204, 299].map(endOf))).toEqual(Array(5).fill("delivered"));
  const refused = [304, 400, 404, 500];
  const words = (await Promise.all(refused.map(endOf))).map((said) => said?.slice(0, "It answered 000".length));
  expect(words).toEqual(refused.map((status) => `It answered ${status}`));
  const real = AbortSignal.timeout.bind(AbortSignal);
  const patience = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => real(ms / 100));
  expect(await endOf()).toBe("No answer within 10 s");
  expect(new Set(patience.mock.calls.flat())).toContain(10_000);
  patience.mockRestore();
  sink.letGo();
});

test("an old secret signs for 24 hours, or as long as one says, a week at most", async () => {
  const { id } = await listen(`${sink.url}/rotated`, { types: ["chat.deleted"] });
  const hours = async (choice: object) => {
    const { body } = await acme.key()<{ oldSecretUntil: string }>("POST", `/admin/webhooks/${id}/rotate`, choice);
    return Math.round((Date.parse(body.oldSecretUntil) - Date.now()) / 3_600_000);
  };
  expect([await hours({}), await hours({ overlapHours: 2 }), await hours({ overlapHours: 168 })]).toEqual([24, 2, 168]);
  expect((await acme.key()("POST", `/admin/webhooks/${id}/rotate`, { overlapHours: 169 })).status).toBe(400);
  await drop(id);
});

test("a ping says nothing but that it is one, and each type's sample is shown as it is sent", async () => {
  const { id } = await listen(`${sink.url}/tried`);
  const sample = (type: string) => acme.key()<{ body: object }>("GET", `/admin/webhook-samples/${type}`);
  for (const type of ["ping", "chat.created"]) {
    await acme.key()("POST", `/admin/webhooks/${id}/sample`, { type });
    await eventually(() => expect(sink.of("/tried").map(({ body }) => body.type)).toContain(type));
    const sent = sink.of("/tried").at(-1)?.body;
    const now = { at: expect.any(String), timestamp: expect.any(String) };
    const shown = (await sample(type)).body.body;
    expect(sent).toMatchObject({ type, tenantId: "acme", sample: true });
    // The times apart, which are those of the moment.
    expect(JSON.parse(JSON.stringify(shown).replaceAll(/"20[\d-]+T[\d:.]+Z"/g, '"then"'))).toEqual(
      JSON.parse(JSON.stringify(sent).replaceAll(/"20[\d-]+T[\d:.]+Z"/g, '"then"')),
    );
    expect(sent).toMatchObject(now);
  }
  await eventually(async () =>
    expect((await deliveries(id)).map(({ type, status }) => [type, status])).toEqual([
      ["chat.created", "delivered"],
      ["ping", "delivered"],
    ]),
  );
  await drop(id);
});

describe("why TLS does not come about is said in words", () => {
  const { authority, key, ...servers } = certificates;
  const words: [keyof typeof servers | "none", string | undefined][] = [
    ["good", undefined],
    ["expired", "TLS: its certificate has expired"],
    ["early", "TLS: its certificate is not valid yet"],
    ["otherName", "TLS: its certificate is for another name"],
    ["selfSigned", "TLS: its certificate is self-signed, so nobody vouches for it"],
    ["none", "TLS: what answers there does not speak TLS, or no version of it that we do"],
  ];
  const trusted = https.globalAgent.options.ca;
  beforeAll(() => {
    https.globalAgent.options.ca = [authority]; // as if the tests' authority were one of the public ones
  });
  afterAll(() => {
    https.globalAgent.options.ca = trusted;
  });

  test.each(words)("%s", async (name, fault) => {
    const taken = (_request: unknown, response: { end(): void }) => response.end();
    const server = name === "none" ? createServer(taken) : https.createServer({ key, cert: servers[name] }, taken);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { id } = await listen(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await acme.key()("POST", `/admin/webhooks/${id}/sample`, { type: "ping" });
    const end = fault ? { status: "failed", detail: fault } : { status: "delivered" };
    await eventually(async () => expect(await deliveries(id)).toMatchObject([end]));
    await drop(id);
    server.closeAllConnections();
    server.close();
  });
});

test("the owners' mail that an endpoint was disabled really arrives, and names no secret of its address", async () => {
  const { email } = await makeOperator(stack.api.services.db, testSecret, { tenantId: acme.tenantId, role: "owner" });
  await acme.key()("PATCH", "/admin/tenant", { settings: { retention: { eventDays: 3 } } });
  sink.answer("/gone?token=pssst", () => ({ status: 410 }));
  const { id } = await listen(`${sink.url}/gone?token=pssst`, { types: ["message.created"] });
  await say(await makeChat(), "hello?");
  await eventually(() => expect(mails.mails).toHaveLength(1));
  const [mail] = mails.mails;
  const { host } = new URL(sink.url);
  expect(mail?.to).toBe(email);
  const { subject, text, html, from } = (await mail?.parse()) ?? {};
  expect(subject).toBe(`A webhook endpoint was disabled: ${host}`);
  expect(from?.text).toContain("parley@chat.example");
  for (const body of [text, html]) {
    expect(body).toContain("It answered 410 Gone");
    expect(body).toContain("kept for 3 days: enable the endpoint, then replay it");
  }
  expect(mail?.raw.toString()).not.toContain("pssst");
  await drop(id);
});

describe("the verifiers that the console gives take what is ours, and nothing else", () => {
  const scratch = mkdtempSync("node_modules/.cache/parley-verifiers-");
  const run = promisify(execFile);
  let ours: Received;
  let secret: string;
  beforeAll(async () => {
    const made = await listen(`${sink.url}/verified`, { types: ["message.created"] });
    secret = made.secret;
    await say(await makeChat(), "Grüße, 👋");
    await eventually(() => expect(sink.of("/verified")).toHaveLength(1));
    ours = sink.of("/verified")[0] as Received;
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  test("the program of the documentation, as it stands there, takes a real event and refuses a forged one", async () => {
    const page = await readFile("docs/protocols/webhooks.md", "utf8");
    const [, source = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
    const file = join(process.cwd(), scratch, "receive.mjs");
    await writeFile(file, (await transform(source, { loader: "ts" })).code);
    const port = await freePort();
    const made = await listen(`http://127.0.0.1:${port}`, { types: ["chat.created"] });
    const env = { ...process.env, PORT: String(port), PARLEY_WEBHOOK_SECRET: made.secret };
    const program = spawn(process.execPath, [file], { env });
    let said = "";
    program.stdout.on("data", (text) => {
      said += text;
    });
    const { "content-length": _, ...headers } = ours.headers; // not every fetch takes what it says itself
    const forged = { method: "POST", body: ours.raw, headers }; // signed, and by another endpoint's secret
    await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}`, forged)).status).toBe(400));
    await makeChat();
    await eventually(() => expect(said).toMatch(/^chat\.created [\w-]{22}\n$/));
    await eventually(async () => expect(await deliveries(made.id)).toMatchObject([{ status: "delivered" }]));
    const ended = once(program, "exit");
    program.kill();
    await ended;
    await drop(made.id);
  });

  /** A program around a verifier, as a backend has it: it reads a request and prints what the event says. */
  const programs: Record<string, (text: string) => Promise<[command: string, file: string, program: string]>> = {
    typescript: async (text) => {
      const around = `const { rawBody, headers } = JSON.parse(process.env.REQUEST);\n${text}\nconsole.log(event.data.content);`;
      return [process.execPath, "verify.mjs", (await transform(around, { loader: "ts" })).code];
    },
    python: async (text) => {
      const before = 'import json, os\nasked = json.loads(os.environ["REQUEST"])\n';
      const request = 'raw_body, headers = asked["rawBody"].encode(), asked["headers"]\n';
      return ["python3", "verify.py", `${before}${request}${text}\nprint(event["data"]["content"])\n`];
    },
  };
  test.each(verifiers.filter(({ id }) => id in programs))("$label", async ({ id, text }) => {
    const [command, name, program] = (await programs[id]?.(text)) ?? ["", "", ""];
    const file = join(process.cwd(), scratch, name);
    await writeFile(file, program);
    const verify = (request: { raw: string; headers: Record<string, string> }, by = secret) => {
      const REQUEST = JSON.stringify({ rawBody: request.raw, headers: request.headers });
      const env = { ...process.env, REQUEST, PARLEY_WEBHOOK_SECRET: by, PYTHONUTF8: "1" };
      return run(command, [file], { env }).then(({ stdout }) => stdout.trim());
    };
    const old = { ...ours.headers, "webhook-timestamp": String(Number(ours.headers["webhook-timestamp"]) - 1000) };
    expect(await verify(ours)).toBe("Grüße, 👋");
    await expect(verify({ ...ours, raw: ours.raw.replace("Grüße", "Flüche") })).rejects.toThrow("Command failed");
    await expect(verify({ ...ours, headers: old })).rejects.toThrow("Command failed");
    await expect(verify(ours, `whsec_${Buffer.alloc(32).toString("base64")}`)).rejects.toThrow("Command failed");
  });
});
