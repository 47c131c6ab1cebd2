import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { eventually, RawHubClient } from "../hub-client.ts";
import { isInstalled } from "../installed.ts";
import { type ApiProcess, type Fleet, type FleetTenant, openFleet } from "../processes.ts";
import { Owner } from "./owner.ts";

let fleet: Fleet;
let owner: Owner;
let redis: ChildProcess | undefined;

beforeAll(async () => {
  fleet = await openFleet();
  owner = await Owner.open(fleet.database.ownerUrl);
});
afterEach(async () => {
  await stopRedis();
});
afterAll(async () => {
  await owner.close();
  await fleet.close();
});

async function startRedis(port: number): Promise<void> {
  const child = spawn("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
  redis = child;
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.stdout.on("data", (text) => String(text).includes("Ready to accept connections") && resolve());
  });
}

async function stopRedis(): Promise<void> {
  if (redis?.exitCode === null && redis.kill("SIGKILL")) await once(redis, "exit");
  redis = undefined;
}

interface Pair {
  tenant: FleetTenant;
  chatId: string;
  /** Listens on the second node. */
  listener: RawHubClient;
  call(path: string, body: object): Promise<number>;
}

/** A chat of two: one speaks to the first node over REST, the other listens on the second. */
async function converse(nodes: ApiProcess[], id: string): Promise<Pair> {
  const [first, second] = nodes as [ApiProcess, ApiProcess];
  const tenant = await fleet.tenant(id);
  const [chatId = ""] = await owner.makeChats(tenant.id, 1, ["ada", "ben"]);
  const [ada, ben] = await Promise.all([tenant.token("ada"), tenant.token("ben")]);
  const listener = await RawHubClient.open(`${second.url}/tenant/${id}/v1/hub?events=Chat,Typing`, ben);
  const call = async (path: string, body: object) => {
    const answer = await fetch(`${first.url}/tenant/${id}/v1/Chat/${chatId}/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${ada}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  return { tenant, chatId, listener, call };
}

async function readiness(url: string): Promise<[number, unknown]> {
  const answer = await fetch(`${url}/readyz`);
  return [answer.status, await answer.json()];
}

const heard = ({ listener }: Pair, type: string) =>
  listener.messages.filter((message) => message.arguments?.[0]?.type === type).length;

/** Typing is never stored: only the bus brings it to the other node. Said again until then, as a client does. */
async function expectTyping(pair: Pair): Promise<void> {
  const before = heard(pair, "Typing");
  await eventually(async () => {
    await pair.call("typing", {});
    expect(heard(pair, "Typing")).toBeGreaterThan(before);
  });
}

async function expectMessage(pair: Pair): Promise<void> {
  const before = heard(pair, "Chat");
  expect(await pair.call("messages", { content: "x" })).toBe(201);
  await eventually(() => expect(heard(pair, "Chat")).toBe(before + 1));
}

test("over Redis: both nodes hear each other; without it they may be sent traffic and the poll brings messages, and with it back the rest", async ({
  skip,
}) => {
  if (!isInstalled("redis-server")) skip("the bus over Redis is not run: no redis-server is installed here");
  const port = await freePort();
  await startRedis(port);
  const REDIS_URL = `redis://127.0.0.1:${port}`;
  const nodes = await Promise.all([fleet.start({ REDIS_URL }), fleet.start({ REDIS_URL })]);
  const pair = await converse(nodes, "redis");
  await expectTyping(pair);
  await expectMessage(pair);
  const { rows } = await owner.client.query(
    "select from pg_stat_activity where application_name = 'parley bus' and datname = current_database()",
  );
  expect(rows).toHaveLength(0);

  await stopRedis();
  await expectMessage(pair);
  for (const { url } of nodes) {
    const answer = { status: "ready", checks: { bus: false, database: true } };
    await eventually(async () => expect(await readiness(url)).toMatchObject([200, answer]));
  }
  expect(await pair.call("typing", {})).toBe(200);
  await startRedis(port);
  await expectTyping(pair);
  for (const node of nodes) expect(await node.kill("SIGTERM")).toMatchObject({ code: 0 });
}, 150_000);

test("a Redis that does not answer at the start is said in one line", async () => {
  const start = fleet.start({ REDIS_URL: "redis://:secret@127.0.0.1:1" });
  const said = await start.then(() => "", String);
  expect(said).toMatch(/^parley: No connection to Redis at 127\.0\.0\.1:1: connect ECONNREFUSED/m);
  expect(said).not.toMatch(/^\s+at |secret/m);
}, 150_000);

test("over Postgres: a bus that is cut off for seconds comes back once, and the poll brings messages meanwhile", async () => {
  const nodes = await Promise.all([fleet.start(), fleet.start()]);
  const pair = await converse(nodes, "postgres");
  await expectTyping(pair);
  const [{ login }] = (
    await owner.client.query(
      "select usename as login from pg_stat_activity where application_name = 'parley bus' and datname = current_database() limit 1",
    )
  ).rows as [{ login: string }];
  await expectMessage(pair); // its connections are open now
  await owner.client.query(`alter role ${login} nologin`);
  expect(await owner.terminate("parley bus")).toBe(2);
  const back = Date.now() + 4500;
  await expectMessage(pair);
  await eventually(() => expect(Date.now()).toBeGreaterThan(back));
  await owner.client.query(`alter role ${login} login`);
  await expectTyping(pair);
  await expectMessage(pair);
  const { rows } = await owner.client.query(
    "select pid from pg_stat_activity where application_name = 'parley bus' and datname = current_database()",
  );
  expect(rows).toHaveLength(2);
}, 150_000);
