import { once } from "node:events";
import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { json, text } from "node:stream/consumers";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startApi } from "./api.ts";
import { eventually, RawHubClient } from "./testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "./testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;
let superuser: Client;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  superuser = new Client({ connectionString: stack.database.ownerUrl.replace(/[^/]+$/, "postgres") });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await stack.close();
});

/** What a load balancer and a process manager are told. */
async function health(url: string) {
  const [ready, alive] = await Promise.all([fetch(`${url}/readyz`), fetch(`${url}/healthz`)]);
  const { status, checks } = (await ready.json()) as { status: string; checks: Record<string, boolean> };
  return { ready: ready.status, status, checks, alive: alive.status };
}

test("without its database a node is alive and not ready, and ready again when it is back", async () => {
  expect(await health(stack.url)).toMatchObject({ ready: 200, status: "ready", alive: 200 });
  const name = /[^/]+$/.exec(stack.database.ownerUrl)?.[0] ?? "";
  await superuser.query(`alter database ${name} allow_connections false`);
  try {
    await superuser.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
    const without = { ready: 503, status: "not-ready", checks: { database: false, draining: false }, alive: 200 };
    await eventually(async () => expect(await health(stack.url)).toMatchObject(without));
  } finally {
    await superuser.query(`alter database ${name} allow_connections true`);
  }
  const back = async () => expect(await health(stack.url)).toMatchObject({ ready: 200, alive: 200 });
  await vi.waitFor(back, { timeout: 30_000, interval: 50 });
}, 150_000);

test("queries have as many connections as a node is told, and wait for one of them", async () => {
  const { api } = await stack.another({ database: { ...stack.config.database, connections: 5 } });
  const { pool } = api.services.db;
  await Promise.all(Array.from({ length: 20 }, () => pool.query("select pg_sleep(0.02)")));
  expect(pool.totalCount).toBe(5);
  await api.close();
});

test("a node that drains is alive and not ready, for as long as that takes", async () => {
  const { api, url } = await stack.another();
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  await owner.query("begin; lock table nodes in exclusive mode"); // a node that leaves says so there
  const closing = api.close();
  const draining = { ready: 503, status: "not-ready", checks: { database: true, draining: true }, alive: 200 };
  try {
    expect(await health(url)).toMatchObject(draining);
  } finally {
    await owner.end();
    await closing;
  }
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

interface Family {
  type: string;
  samples: Map<string, number>;
}

const name = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const label = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`;
const sample = new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)?\\})? ([+-]?Inf|NaN|[-+]?[\\d.]+(?:e[-+]?\\d+)?)$`);
const suffixes: Record<string, RegExp> = { histogram: /_(bucket|sum|count)$/, summary: /_(sum|count)$/ };

/** Prometheus' text format 0.0.4, strictly: a family's HELP, its TYPE, then its samples together, none twice. */
function parseMetrics(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  let help = "";
  let current: [string, Family] | undefined;
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  for (const line of text.slice(0, -1).split("\n")) {
    if (line === "") continue;
    const [, kind, about = "", rest = ""] = new RegExp(`^# (HELP|TYPE) (${name}) (.+)$`).exec(line) ?? [];
    if (kind === "HELP") help = about;
    else if (kind === "TYPE") {
      if (families.has(about) || help !== about || !/^(counter|gauge|histogram|summary)$/.test(rest))
        throw new Error(line);
      current = [about, { type: rest, samples: new Map() }];
      families.set(...current);
    } else {
      const [, metric = "", labels = "", value = ""] = sample.exec(line) ?? [];
      const [family, { type, samples }] = current ?? ["", { type: "", samples: new Map() }];
      const key = `${metric}{${labels}}`;
      const ours = metric === family || (metric.replace(suffixes[type] ?? "", "") === family && metric !== "");
      if (!ours || samples.has(key)) throw new Error(line);
      samples.set(key, Number(value.replace("Inf", "Infinity")));
    }
  }
  return families;
}

test("/metrics is Prometheus' text format and counts calls by outcome, events and connections", async () => {
  const before = parseMetrics(await (await fetch(`${stack.url}/metrics`)).text());
  const ada = tenant.as("ada");
  const { id } = (await ada<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
  await ada("POST", `/Chat/${id}/messages`, { content: "x" });
  await ada("GET", "/Chat/00000000-0000-4000-8000-000000000000");
  const hub = await RawHubClient.open(`${tenant.url}/hub`, await tenant.token("ada"));
  const answer = await fetch(`${stack.url}/metrics`);
  hub.socket.close();

  expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4; charset=utf-8$/);
  const families = parseMetrics(await answer.text());
  const calls = families.get("parley_operation_seconds");
  const grown = (family: string, key: string) =>
    (families.get(family)?.samples.get(key) ?? 0) - (before.get(family)?.samples.get(key) ?? 0);
  expect(calls?.type).toBe("histogram");
  for (const labels of ['operation="messages.send",code="ok"', 'operation="chats.get",code="not_found"']) {
    expect(grown("parley_operation_seconds", `parley_operation_seconds_count{${labels}}`)).toBe(1);
    const buckets = [...(calls?.samples ?? [])].filter(
      ([key]) => key.includes("_bucket{") && key.includes(`,${labels}`),
    );
    const counts = buckets.map(([, count]) => count);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(buckets.at(-1)).toEqual([
      expect.stringContaining('le="+Inf"'),
      calls?.samples.get(`parley_operation_seconds_count{${labels}}`),
    ]);
  }
  expect(grown("parley_events_committed_total", "parley_events_committed_total{}")).toBeGreaterThanOrEqual(2);
  expect(families.get("parley_connections")?.samples.get("parley_connections{}")).toBe(1);
  expect(families.get("nodejs_version_info")?.samples.size).toBe(1);
});

test("/metrics is at no other address, so that a proxy can close it", async () => {
  for (const path of ["/metrics/", "//metrics", "/Metrics", "/%6Detrics", "/%6detrics?x=1"]) {
    const answer = await fetch(stack.url + path);
    expect(answer.status, path).not.toBe(200);
    expect(await answer.text(), path).not.toContain("parley_");
  }
  for (const path of ["/metrics", "/metrics?x=1"]) expect((await fetch(stack.url + path)).status, path).toBe(200);
});

test("a wish for another protocol is passed over and the request answered, as Java's client sends it over plain http", async () => {
  const authorization = `Bearer ${await tenant.token("ada")}`;
  const body = JSON.stringify({ memberUserIds: ["ben"], name: "by h2c" });
  const ask = (method: string, path: string, extra = "") =>
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n` +
    `HTTP2-Settings: AAEAAEAA\r\nAuthorization: ${authorization}\r\n${extra}\r\n`;
  const post = ask(
    "POST",
    "/tenant/acme/v1/Chat",
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`,
  );
  const socket = connect(stack.api.port, "127.0.0.1").setEncoding("utf8");
  let heard = "";
  socket.on("data", (chunk) => (heard += chunk));
  const answers = () => heard.match(/HTTP\/1\.1 \d+/g);
  socket.write(post + body);
  await eventually(() => expect(answers()).toEqual(["HTTP/1.1 201"]));
  socket.write(post);
  socket.write(body.slice(0, 10));
  await tenant.as("ada")("GET", "/Chat"); // the beginning has been read by now
  socket.write(body.slice(10));
  await eventually(() => expect(answers()).toEqual(["HTTP/1.1 201", "HTTP/1.1 201"]));
  expect(heard.match(/"name":"by h2c"/g)).toHaveLength(2);
  const warned = vi.spyOn(process, "emitWarning");
  for (let count = 3; count < 15; count++) {
    socket.write(ask("GET", "/tenant/acme/v1/Chats"));
    await eventually(() => expect(answers()).toHaveLength(count));
  }
  expect(heard.match(/"code":"not_found"/g)).toHaveLength(12);
  expect(warned.mock.calls.filter(([warning]) => String(warning).includes("MaxListeners"))).toEqual([]);
  warned.mockRestore();
  socket.write(ask("GET", "/tenant/acme/v1/Chat").replace("Upgrade, ", "close, Upgrade, "));
  await once(socket, "close");
  expect(answers()?.at(-1)).toBe("HTTP/1.1 200");
});

test("what is meant for the pages comes to them without the wish too, a form with what is in it", async () => {
  const pages = createServer(async (asked, response) => {
    const { method, url, headers } = asked;
    response.end(JSON.stringify({ method, url, upgrade: headers.upgrade ?? "none", body: await text(asked) }));
  });
  pages.listen(0, "127.0.0.1");
  await once(pages, "listening");
  const { port } = pages.address() as AddressInfo;
  const front = await startApi(stack.config, { url: () => `http://127.0.0.1:${port}` });
  const headers = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAEAAEAA" };
  const form = { ...headers, "content-type": "application/x-www-form-urlencoded", "content-length": 3 };
  const asked = request({ port: front.port, path: "/sign-in", method: "POST", headers: form });
  asked.end("a=b");
  const [response] = await once(asked, "response");
  expect(response.statusCode).toBe(200);
  expect(await json(response)).toEqual({ method: "POST", url: "/sign-in", upgrade: "none", body: "a=b" });
  await front.close();
  pages.close();
});

test("no socket is passed on to the pages in production: they would never answer it, and the node could not end", async () => {
  const pages = createServer();
  pages.on("upgrade", () => {}); // as Next does with one that it does not know
  pages.listen(0, "127.0.0.1");
  await once(pages, "listening");
  const { port } = pages.address() as AddressInfo;
  const front = await startApi(stack.config, { url: () => `http://127.0.0.1:${port}` });
  const socket = connect(front.port, "127.0.0.1");
  const hello = "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  const said = text(socket);
  socket.write(`GET /_next/nope HTTP/1.1\r\n${hello}`);
  expect(await said).toMatch(/^HTTP\/1\.1 404 /);
  await front.close();
  pages.close();
});
