import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
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
  // The bus waits longer from try to try.
  const back = async () => expect(await health(stack.url)).toMatchObject({ ready: 200, alive: 200 });
  await vi.waitFor(back, { timeout: 30_000, interval: 50 });
}, 150_000);

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
